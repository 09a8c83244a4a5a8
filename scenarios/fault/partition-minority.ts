/**
 * One of three servers is cut off from all other nodes for twelve seconds: the minority side of a partition.
 *
 * The other two have a majority: where one of them leads the stream they go on, else they elect a leader first. The one that is
 * alone can acknowledge nothing. The publisher is connected to it: no packet comes back and no error either, so it learns of the
 * partition only when its messages time out; nobody ends the connection for it. What was acknowledged must be in the stream.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'partition-minority',
  about:
    'One of three servers is cut off from the others and from its clients: how long does a publisher to a replicated stream wait, and is any acknowledged message lost?',
  topology: {
    hub: { role: 'server', count: 3, server: { jetstream: true } },
    send: { role: 'load', count: 2 },
  },
  streams: { orders: { on: 'hub', subjects: ['orders.>'], replicas: 3 } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'orders.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 200 },
      window: 10_000,
      timeout: '3s',
      reconnect: {},
    },
  ],
  phases: { warmup: '2s', measure: '24s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '6s', kind: 'partition', leaderOf: 'orders', lasts: '10s' }],
  expect: { gapBelow: '20s', lostAcked: 0 },
})
