/**
 * One publisher, four subscribers: each message leaves the server four times.
 *
 * The rate is set (10,000 messages a second in, 40,000 out), well below what a server can do, so latency is that of the
 * delivery and not of a queue. Compare `cpu.server` of this one with one-to-one.ts: the price of a message published is paid
 * once, the price of a message delivered four times. Subscribers are served one after the other, so their tail is the fan's.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'fan-out',
  about: 'One publisher, four subscribers, 128 bytes, 10,000 messages a second: what does each further delivery cost?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load' },
    recv: { role: 'load', count: 4 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'fan',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 10_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'fan' },
  ],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})
