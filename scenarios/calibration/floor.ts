/**
 * The harness measures itself: almost no load, so that what is left is the floor.
 *
 * One message each millisecond from one node to another. The raw TCP echo between the same nodes (`floor`) has no server in
 * it; the distance between it and the latency of this scenario is the least that any NATS latency on this machine can be told
 * from. `sendLag` here is the grain of the sender's own clock work. Run it first on a machine that you do not know.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'floor',
  about: 'Almost no load: what are the raw TCP echo, the send lag and the lowest latency on this machine?',
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
      subject: 'tick',
      payload: { bytes: 16 },
      arrivals: { kind: 'constant', perSecond: 1000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'tick' },
  ],
  phases: { warmup: '1s', measure: '5s', cooldown: '200ms' },
  repeats: 5,
})
