/**
 * What two further copies cost: a stream with one replica and with three on the same cluster of three servers, published and read at the
 * same rate. The report says which node leads; clients take the servers in turn.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'replicas',
  about:
    'On three servers, 500 messages a second to a stream with one replica or three: how long until each is acknowledged, and read?',
  topology: {
    hub: { role: 'server', count: 3, server: { jetstream: true } },
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
      arrivals: { kind: 'constant', perSecond: 500 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work' },
  ],
  vary: { 'streams.orders.replicas': [1, 3] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [
    { workload: 'pub', metric: 'lostAcked', atMost: 0 },
    { workload: 'read', metric: 'undelivered', atMost: 0 },
  ],
})
