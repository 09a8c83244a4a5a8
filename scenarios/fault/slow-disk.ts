/**
 * The device under the server that leads a stream takes 100 writes a second for five seconds, with two sync policies.
 *
 * Its store lies on a file system of its own, whose device is held back for everybody who writes to it, the kernel too. A write that is
 * synced is several writes of the device, so with `sync_interval: always` each acknowledgement waits for the slow disk: nothing fails,
 * so nobody elects another leader. With two minutes (the server's default) the page cache takes what the disk does not, as long as there
 * is memory for it. The report says what a synced write took before and during it.
 *
 * Needs root on Linux, `--on process` or `--on netns`.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'slow-disk',
  about:
    'The disk of the server that leads a stream is slow for five seconds, with each sync policy: how long do acknowledgements take meanwhile, and until when?',
  topology: {
    hub: { role: 'server', count: 3, server: { jetstream: true, settings: { sync_interval: '2m' } }, disk: '128MiB' },
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
      arrivals: { kind: 'constant', perSecond: 25 },
      window: 10_000,
      timeout: '10s',
      reconnect: {},
    },
  ],
  variants: {
    'sync-2m': {},
    'sync-always': { 'topology.hub.server.settings.sync_interval': 'always' },
  },
  phases: { warmup: '2s', measure: '20s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '6s', kind: 'slow-disk', leaderOf: 'orders', writesPerSecond: 100, lasts: '5s' }],
  expect: { gapBelow: '10s', lostAcked: 0 },
})
