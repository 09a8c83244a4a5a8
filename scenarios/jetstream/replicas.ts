/**
 * What two further copies cost, and the way from a follower to the leader: a stream with one replica and with three on the same cluster of
 * three servers, published and read at the same rate. Clients sit on the leader, or on a follower. At the end of each block the stream is
 * read out of the store of each replica.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'replicas',
  about:
    'On three servers, 500 messages a second to a stream with one replica or three, by clients on its leader or on a follower: how long until each is acknowledged, and read?',
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
      via: 'leader',
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work', via: 'leader' },
  ],
  variants: {
    R1: { 'streams.orders.replicas': 1 },
    R3: { 'streams.orders.replicas': 3 },
    'R3-follower': {
      'streams.orders.replicas': 3,
      'workloads.pub.via': 'follower',
      'workloads.read.via': 'follower',
    },
  },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [
    { workload: 'pub', metric: 'lostAcked', atMost: 0 },
    { workload: 'read', metric: 'undelivered', atMost: 0 },
  ],
})
