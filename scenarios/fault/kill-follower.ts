/**
 * A server that holds a copy of a stream and does not lead it is killed under steady load, and started again after five seconds.
 *
 * Two of three copies are a majority, so the leader goes on at once: a gap here is that of clients which were connected to the killed
 * server, not that of the stream. Beside kill-leader it tells what an election costs.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'kill-follower',
  about:
    'A follower of a stream with three replicas is killed under load: do clients notice, and is any acknowledged message lost?',
  topology: {
    hub: { role: 'server', count: 3, server: { jetstream: true } },
    send: { role: 'load' },
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
  phases: { warmup: '2s', measure: '20s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '5s', kind: 'kill', followerOf: 'orders', lasts: '5s' }],
  expect: { gapBelow: '10s', lostAcked: 0 },
})
