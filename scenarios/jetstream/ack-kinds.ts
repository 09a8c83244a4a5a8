/**
 * What acknowledging costs a reader: no acknowledgements, one for all messages of a read, each, and each with the server's confirmation.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'ack-kinds',
  about:
    'A reader of 5,000 messages a second that acknowledges nothing, all, each, or each with a confirmation: what does it cost?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'] } },
  consumers: { work: { stream: 'orders' } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 5000 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work' },
  ],
  vary: { 'consumers.work.ack': ['none', 'all', 'explicit', 'double'] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'read', metric: 'undelivered', atMost: 0 }],
})
