/**
 * The nats-server of the FreeBSD package beside the newest release, in the same jails, block by block in turn.
 *
 * The package may be older than the release (2.12.3 where it was last seen). The variant `package` takes what its node has by
 * itself: in jails that is the package; elsewhere it is what `bench` takes by default, and then the two may be the same,
 * which the report shows. `newest` is brought into the node: from the cache of the host, the release, or Go, here or there.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'package-or-newest',
  about: 'Is the newest nats-server faster or slower than the FreeBSD package?',
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 2_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '500ms', measure: '3s', cooldown: '200ms' },
  variants: { package: {}, newest: { 'topology.hub.server.version': '2.15.2' } },
  repeats: 6,
})
