/**
 * One publisher, one server, one subscriber: the path that every message takes.
 *
 * The publisher sends 128-byte messages as fast as the server takes them. The subscriber's `throughput` is the capacity of
 * the whole path, the bottleneck says which part of it is full, and `cpu.perMessage` what each end pays for a message.
 * Under a flood, latency is the depth of the queues on the way: it says how full they are, not how fast the server is.
 * latency.ts measures how fast it is.
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
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})
