/**
 * A work queue: two workers share a consumer, each message takes a millisecond, and what is acknowledged leaves the stream. Nothing
 * may be lost between the publisher's acknowledgement and the workers.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'work-queue',
  about:
    'Two workers with a millisecond of work a message and 500 messages a second: how long does a message wait, and how far do they lag?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load', count: 2 },
  },
  streams: { jobs: { on: 'hub', subjects: ['o.>'], retention: 'workqueue' } },
  consumers: { work: { stream: 'jobs', maxAckPending: 100 } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 500 },
      window: 500,
    },
    { kind: 'js-consume', name: 'work', on: 'recv', to: 'hub', consumer: 'work', batch: 10, work: '1ms' },
  ],
  phases: { warmup: '300ms', measure: '2s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'work', metric: 'undelivered', atMost: 0 }],
})
