/**
 * What the leader of a stream sends is lost for ten seconds; what is sent to it arrives: a cable that is broken in one direction.
 *
 * Its followers hear no heartbeat and elect another leader. The old one still hears their messages, and that is how it learns that it
 * leads no more, which a full partition would hide from it. Clients that are connected to it get no answer and no error.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'partition-one-way',
  about:
    'What the leader of a stream sends is lost while it still hears the others: how long until messages are acknowledged again, and is any acknowledged message lost?',
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
  phases: { warmup: '2s', measure: '26s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '6s', kind: 'partition', leaderOf: 'orders', way: 'out', lasts: '10s' }],
  expect: { gapBelow: '20s', lostAcked: 0 },
})
