/**
 * The server that leads a stream is paused for ten seconds: a machine under memory pressure, a virtual machine that is moved.
 *
 * Its sockets stay open and the kernel goes on taking bytes for it, so clients that are connected to it see no error, only silence. The
 * others elect a new leader; when the old one wakes up it must find out that it leads no more. Messages without an acknowledgement
 * may still be stored: they waited in its sockets.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'pause-leader',
  about:
    'The leader of a stream is paused for ten seconds: how long until messages are acknowledged again, and what happens to those that waited in its sockets?',
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
  faults: [{ at: '5s', kind: 'pause', leaderOf: 'orders', lasts: '10s' }],
  expect: { gapBelow: '20s', lostAcked: 0 },
})
