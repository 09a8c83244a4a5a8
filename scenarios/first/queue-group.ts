/**
 * One publisher, four members of a queue group: the server hands each message to one of them.
 *
 * The loss account knows that (delivery "one of the group"): a message is lost when no member got it, and duplicated when two
 * did. Order is kept within a member, not within the group, for the members are independent.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'queue-group',
  about: 'One publisher, four workers of a queue group, 20,000 messages a second: does each message reach exactly one?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load' },
    work: { role: 'load', count: 4 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'jobs',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 20_000 },
    },
    { kind: 'subscribe', name: 'worker', on: 'work', to: 'hub', subject: 'jobs', queue: 'workers' },
  ],
  limits: [{ workload: 'worker', metric: 'loss', atMost: 0 }],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})
