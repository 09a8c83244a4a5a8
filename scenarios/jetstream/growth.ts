/**
 * Does a stream get slower as it grows (nats-server#5701)? The same load to an empty stream, and to ones that hold fifty thousand and a
 * quarter of a million messages already.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'growth',
  about: 'A window of 100 to a stream that holds 0, 50,000 or 250,000 messages: does the rate fall as it grows?',
  topology: { hub: { role: 'server', server: { jetstream: true } }, send: { role: 'load' } },
  streams: { orders: { on: 'hub', subjects: ['o.>'], filled: { messages: 0, subject: 'o.old' } } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
      window: 100,
    },
  ],
  vary: { 'streams.orders.filled.messages': [0, 50_000, 250_000] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})
