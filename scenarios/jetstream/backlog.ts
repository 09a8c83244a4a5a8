/**
 * Reading a backlog is a different test from following the tail. The reader begins with an empty stream, or with fifty thousand
 * messages that were there before the load; new ones come at the same rate in both. See its lag and rate before you quote a latency: behind
 * a backlog it is the time until the backlog is gone.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'backlog',
  about:
    'A reader that has nothing to catch up with, and one that is 50,000 messages behind: how fast is it, and when is it at the tail?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'], filled: { messages: 0, subject: 'o.old' } } },
  consumers: { work: { stream: 'orders', maxAckPending: 5000 } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 1000 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work' },
  ],
  variants: { tail: {}, behind: { 'streams.orders.filled.messages': 50_000 } },
  phases: { warmup: '0ms', measure: '2s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'read', metric: 'undelivered', atMost: 0 }],
})
