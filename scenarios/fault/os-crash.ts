/**
 * The operating system under the only server of a stream crashes, with each sync policy: what was acknowledged and not yet on the disk
 * is lost.
 *
 * The store lies on a file system of its own. The server is killed (SIGKILL), and that file system forgets what it had not handed to
 * its device, as at a crash of the kernel; then its journal is replayed and the server starts again. What was stored before the load
 * began is on the disk. With `sync_interval: always` each message is synced before its acknowledgement, so none may be lost; with 1 s
 * about the last second may be, and with two minutes (the server's default) what the kernel had not written by itself, which it does
 * after some 30 s: all of this load. It shows no loss of power, which also asks the cache of the disk.
 *
 * Needs root on Linux, `--on process` or `--on netns`; `sync-and-crash` kills the process alone, anywhere.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'os-crash',
  about:
    'The operating system under the only server of a stream crashes under load, with each sync policy: how many acknowledged messages are lost?',
  topology: {
    hub: { role: 'server', server: { jetstream: true, settings: { sync_interval: '2m' } }, disk: '256MiB' },
    send: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['orders.>'] } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'orders.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 50 },
      window: 10_000,
      timeout: '3s',
      reconnect: {},
    },
  ],
  // At most what was sent by then: a loss is the result here, and with `always` there must be none.
  variants: {
    'sync-2m': { 'expect.lostAcked': 300 },
    'sync-1s': { 'topology.hub.server.settings.sync_interval': '1s', 'expect.lostAcked': 150 },
    'sync-always': { 'topology.hub.server.settings.sync_interval': 'always', 'expect.lostAcked': 0 },
  },
  phases: { warmup: '1s', measure: '12s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '5s', kind: 'os-crash', node: 'hub', lasts: '1s' }],
  expect: { gapBelow: '20s' },
})
