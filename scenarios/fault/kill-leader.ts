/**
 * The server that leads a stream is killed under steady load, and started again after five seconds.
 *
 * The two others elect a new leader: who waits for a heartbeat in vain for a random time of 4 to 9 s calls an election
 * (nats-server, raft.go), so one run says little. `--repeats 20` gives a distribution. What was acknowledged must be there
 * afterwards; what was sent without an acknowledgement may or may not be.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'kill-leader',
  about:
    'The leader of a stream with three replicas is killed under load: how long until messages are acknowledged again, and is any acknowledged message lost?',
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
  faults: [{ at: '5s', kind: 'kill', leaderOf: 'orders', lasts: '5s' }],
  expect: { gapBelow: '15s', lostAcked: 0 },
})
