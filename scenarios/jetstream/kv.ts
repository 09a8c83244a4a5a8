/**
 * A bucket under the three things that are done with it: values are put, got, and updated where nobody else was faster. Two
 * connections update the same hundred keys, so some of them meet: those are counted as conflicts.
 */
import { defineScenario } from 'nats-jail-harness'

const arrivals = { kind: 'constant', perSecond: 500 } as const
const bucket = 'state'

export default defineScenario({
  name: 'kv',
  about: 'A bucket of a thousand keys: how long do a put, a get and an update take, and how often do updates conflict?',
  topology: { hub: { role: 'server', server: { jetstream: true } }, use: { role: 'load' } },
  buckets: { state: { on: 'hub', filled: { keys: 1000 } }, counters: { on: 'hub', filled: { keys: 100 } } },
  workloads: [
    { kind: 'kv-put', name: 'put', on: 'use', to: 'hub', bucket, payload: { bytes: 128 }, arrivals, window: 100 },
    { kind: 'kv-get', name: 'get', on: 'use', to: 'hub', bucket, order: 'random', arrivals, window: 100 },
    {
      kind: 'kv-update',
      name: 'update',
      on: 'use',
      to: 'hub',
      bucket: 'counters',
      keys: 100,
      order: 'random',
      connections: 2,
      payload: { bytes: 128 },
      arrivals,
    },
  ],
  phases: { warmup: '300ms', measure: '2s', cooldown: '100ms' },
  repeats: 3,
  limits: [
    { workload: 'put', metric: 'lostAcked', atMost: 0 },
    { workload: 'get', metric: 'refused', atMost: 0 },
  ],
})
