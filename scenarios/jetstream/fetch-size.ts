/**
 * Fetching batch by batch, as many programs do: the size of the batch decides the rate, for between two batches nothing is on its way.
 * The time of a fetch counts to the last message of the batch.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'fetch-size',
  about:
    'A reader that fetches 1, 10, 100 or 500 messages at a time from a stream that is always ahead of it: what rate does it reach?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'], storage: 'memory' } },
  consumers: { work: { stream: 'orders' } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 20000 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work', take: 'fetch', batch: 1 },
  ],
  vary: { 'workloads.read.batch': [1, 10, 100, 500] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 1,
  limits: [{ workload: 'read', metric: 'undelivered', atMost: 0 }],
})
