/**
 * One publisher, one server, one subscriber: the road every message takes.
 *
 * The publisher sends 128-byte messages as fast as the server takes them. The subscriber's `throughput` is the capacity of
 * the whole road, `bottleneck` says which part of it ends it, and `cpu.perMessage` what each end pays for a message.
 * Under a flood, latency is the depth of the queues on the way: read it as "how full", not as "how fast".
 * For how fast, see latency.ts.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'one-to-one',
  about: 'One publisher floods one subscriber with 128-byte messages: how many get through, and at what cost?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '500ms', measure: '1500ms', cooldown: '200ms' },
  repeats: 3,
})
