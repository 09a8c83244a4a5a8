/**
 * The server is paused for 300 ms in the middle of a steady stream.
 *
 * Nothing may be lost: connections stay open and messages wait in sockets. Every message that fell due meanwhile is late by what
 * was left of the pause, so `latency.max` must be about as long as the pause was: a load generator that waits with its server
 * (coordinated omission) would report no delay at all. The limits below fail if ours did.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'server-pause',
  about: 'The server is paused for 300 ms: is everything delivered late, nothing lost, and the wait not hidden?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
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
  phases: { warmup: '500ms', measure: '3s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '1500ms', kind: 'pause', node: 'hub', lasts: '300ms' }],
  limits: [
    { workload: 'sub', metric: 'loss', atMost: 0 },
    { workload: 'sub', metric: 'latency.max', atLeast: '250ms', atMost: '1s' },
  ],
})
