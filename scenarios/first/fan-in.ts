/**
 * Four publishers, one subscriber: what a collector of events sees.
 *
 * The rate of a workload is the total of its agents: each of the four publishers sends 5,000 of the 20,000 messages a second.
 * The server reads four connections and writes one. Sequence numbers are kept for each publisher, so a message lost or
 * overtaken on any of the four ways is counted.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'fan-in',
  about: 'Four publishers, one subscriber, 128 bytes, 20,000 messages a second in all: does the subscriber keep up?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load', count: 4 },
    recv: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'collect',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 20_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'collect' },
  ],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})
