/**
 * The disk of the server that leads a stream is full for five seconds.
 *
 * Its store lies on a file system of its own, of which a file takes all that is left. nats-server (2.15.2) turns JetStream off on a
 * server that cannot write, and leaves it off when there is room again, until it is started anew; the two others elect a leader, as
 * when it had died. A server without followers would answer nothing more.
 *
 * Needs root on Linux (`--on process`, `--on netns`), or containers or jails, where the disk is in memory.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'disk-full',
  about:
    'The disk of the server that leads a stream is full for five seconds: how long until messages are acknowledged again, and is any acknowledged message lost?',
  topology: {
    hub: { role: 'server', count: 3, server: { jetstream: true }, disk: '128MiB' },
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
      payload: { bytes: 1024 },
      arrivals: { kind: 'constant', perSecond: 200 },
      window: 10_000,
      timeout: '3s',
      reconnect: {},
    },
  ],
  phases: { warmup: '2s', measure: '20s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '5s', kind: 'disk-full', leaderOf: 'orders', lasts: '5s' }],
  expect: { gapBelow: '15s', lostAcked: 0 },
})
