/**
 * The disk under the server that leads a stream hangs for five seconds: no write fails, and none comes back.
 *
 * Its store lies on a file system of its own, which is frozen. The server still answers on the network and its process lives, so the
 * others are told by nothing but the silence of what waits for the disk. The report says how long a synced write hung.
 *
 * Needs root on Linux, `--on process` or `--on netns`.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'hung-disk',
  about:
    'The disk of the server that leads a stream hangs for five seconds: how long until messages are acknowledged again, and is any acknowledged message lost?',
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
      timeout: '10s',
      reconnect: {},
    },
  ],
  phases: { warmup: '2s', measure: '20s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '6s', kind: 'hung-disk', leaderOf: 'orders', lasts: '5s' }],
  expect: { gapBelow: '15s', lostAcked: 0 },
})
