/**
 * Messages in batches. Atomic: a batch is stored as a whole or not at all, and acknowledged once, so the `ack` of each message is mostly the
 * filling of its batch. Fast: one batch for the whole load, stored as it comes, with an acknowledgement of the server for every hundred
 * messages. Compare both with a window of the same size, not with single messages.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'publish-batch',
  about:
    'As fast as possible in atomic batches of 10, 100 and 500 and in a fast batch: what rate, and how long until a message is acknowledged?',
  topology: { hub: { role: 'server', server: { jetstream: true } }, send: { role: 'load' } },
  streams: { orders: { on: 'hub', subjects: ['o.>'], atomic: true, fast: true } },
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
    },
  ],
  variants: {
    'atomic-10': { 'workloads.pub.batch': 10 },
    'atomic-100': { 'workloads.pub.batch': 100 },
    'atomic-500': { 'workloads.pub.batch': 500 },
    'fast-100': { 'workloads.pub.flow': 100, 'workloads.pub.window': 500 },
  },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})
