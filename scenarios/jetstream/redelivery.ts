/**
 * A share of the messages gets a negative acknowledgement and is delivered again. Deliveries after the first are counted by the delivery number in
 * each message and stay out of the latency.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'redelivery',
  about:
    'A reader rejects 0, 1 or 10 % of 2,000 messages a second: how often is a message delivered, and what does it cost the others?',
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
      arrivals: { kind: 'constant', perSecond: 2000 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work', nak: 0 },
  ],
  vary: { 'workloads.read.nak': [0, 0.01, 0.1] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'read', metric: 'undelivered', atMost: 0 }],
})
