/**
 * All three servers are restarted one after the other, ten seconds apart, as in an upgrade, under a steady rate.
 *
 * A server that is asked to end (SIGTERM) hands over what it leads, so there is no election to wait for and a gap is short. Nothing
 * that was acknowledged may be lost, and at no time may two be away: the distance must be longer than a server needs to catch up.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'rolling-restart',
  about:
    'Three servers are restarted one after the other under a steady rate: how long does each restart stop the stream, and is any acknowledged message lost?',
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
  phases: { warmup: '2s', measure: '36s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '4s', kind: 'restart', node: 'hub', every: '10s', lasts: '1s' }],
  expect: { gapBelow: '10s', lostAcked: 0 },
})
