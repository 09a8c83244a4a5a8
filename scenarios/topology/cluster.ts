/**
 * Three servers in a cluster, one publisher, three subscribers: each message crosses to every server.
 *
 * Agents take the servers of a group in turn, so each of the three subscribers sits on another server and the publisher on the
 * first: one delivery is local, two take a route. The tail of the subscribers is that of the routes; fan-out.ts with one server
 * is the comparison.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'cluster',
  about: 'A cluster of three, a subscriber on each server: what does a route between servers add?',
  topology: {
    hub: { role: 'server', count: 3 },
    send: { role: 'load' },
    recv: { role: 'load', count: 3 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'fan',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 5_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'fan' },
  ],
  phases: { warmup: '1s', measure: '3s', cooldown: '200ms' },
  repeats: 3,
  limits: [{ workload: 'sub', metric: 'loss', atMost: 0 }],
})
