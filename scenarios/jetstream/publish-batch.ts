/**
 * Messages in atomic batches: a batch is stored as a whole or not at all, and acknowledged once. Each message waits for the commit of its
 * batch, so its `ack` is mostly the filling of the batch: compare it with that of a window of the same size, not with single messages.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'publish-batch',
  about:
    'As fast as it goes in atomic batches of 10, 100 and 500: what rate, and how long until a message is acknowledged?',
  topology: { hub: { role: 'server', server: { jetstream: true } }, send: { role: 'load' } },
  streams: { orders: { on: 'hub', subjects: ['o.>'], atomic: true } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
      window: 1,
      batch: 100,
    },
  ],
  vary: { 'workloads.pub.batch': [10, 100, 500] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})
