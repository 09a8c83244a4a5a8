/**
 * The only server of a stream is killed (SIGKILL) under load with each sync policy, and started again.
 *
 * Nothing that was acknowledged may be missing, with any policy: a process crash cannot lose what the page cache holds. What the
 * server had written is the operating system's, which lives on and writes it to disk in its own time; `sync_interval` only matters when
 * the system itself or its power fails, which this scenario cannot show. It tells what a policy costs in acknowledgement time, how long
 * a server needs to come back, and that its files can be read after a crash.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'sync-and-crash',
  about:
    'The only server of a stream is killed under load with each sync policy: is anything acknowledged lost in a process crash (it must not be), and how long until it is back?',
  topology: {
    hub: { role: 'server', server: { jetstream: true, settings: { sync_interval: '2m' } } },
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
      arrivals: { kind: 'constant', perSecond: 200 },
      window: 10_000,
      timeout: '3s',
      reconnect: {},
    },
  ],
  variants: {
    'sync-2m': {},
    'sync-10s': { 'topology.hub.server.settings.sync_interval': '10s' },
    'sync-always': { 'topology.hub.server.settings.sync_interval': 'always' },
  },
  phases: { warmup: '1s', measure: '10s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '4s', kind: 'kill', node: 'hub', lasts: '1s' }],
  expect: { gapBelow: '8s', lostAcked: 0 },
})
