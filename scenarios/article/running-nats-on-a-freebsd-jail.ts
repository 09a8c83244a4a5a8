/**
 * The measured part of "Running NATS on a FreeBSD jail": a server jail, a publisher jail, and a subscriber jail cloned from it.
 *
 * The article sends five messages by hand and sees them arrive. Here the same three jails carry 1,000 messages a second for ten
 * seconds, every one of them numbered, and none may be missing. Messages have 64 bytes: about the length of the article's
 * `message {{.Count}} - {{.TimeStamp}}`. On a FreeBSD host with Bastille the groups become jails; elsewhere the same file runs
 * in containers or processes.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'running-nats-on-a-freebsd-jail',
  about:
    'A server jail, a publisher jail, a subscriber jail, as in the article: does every message arrive, and how soon?',
  topology: {
    'nats-server': { role: 'server' },
    'pub-jail': { role: 'load' },
    'sub-jail': { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'pub-jail',
      to: 'nats-server',
      subject: 'hello',
      payload: { bytes: 64 },
      arrivals: { kind: 'constant', perSecond: 1000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'sub-jail', to: 'nats-server', subject: 'hello' },
  ],
  phases: { warmup: '1s', measure: '10s', cooldown: '500ms' },
  repeats: 1,
  limits: [
    { workload: 'sub', metric: 'loss', atMost: 0 },
    { workload: 'sub', metric: 'duplicates', atMost: 0 },
    { workload: 'sub', metric: 'reordered', atMost: 0 },
  ],
})
