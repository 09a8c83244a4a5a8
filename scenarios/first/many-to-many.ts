/**
 * Four publishers, four subscribers, everybody hears everybody: a chat room, a bus.
 *
 * 8,000 messages a second go in, 32,000 come out. Publishers take eight subjects in turn and subscribers listen to all of them
 * by a wildcard, so the server's matching of subjects is part of what is measured. Eight load nodes and a server share the
 * machine: on a small one this is the scenario that shows what contention does to the tail.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'many-to-many',
  about: 'Four publishers on eight subjects, four subscribers to all of them: what does a shared bus do to the tail?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load', count: 4 },
    recv: { role: 'load', count: 4 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'bus',
      subjects: 8,
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 8_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'bus.*' },
  ],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})
