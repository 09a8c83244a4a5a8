/**
 * What it costs to have messages on the disk, not only in the page cache, when they are acknowledged: `sync_interval` as the
 * server has it by default (two minutes), every 10 s, and with every write, each for one message in flight and for a hundred.
 *
 * Durations are in quotes: nats-server reads a bare `2m` as two million seconds. The report says what the server made of it.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'durability',
  about:
    'Acknowledged and synced by default, every 10 s, or always: what does a durable message cost, one by one and a hundred at a time?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'], storage: 'file' } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
      window: 1,
    },
  ],
  variants: {
    default: {},
    '10s': { 'topology.hub.server.settings.sync_interval': '10s' },
    always: { 'topology.hub.server.settings.sync_interval': 'always' },
  },
  vary: { 'workloads.pub.window': [1, 100] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})
