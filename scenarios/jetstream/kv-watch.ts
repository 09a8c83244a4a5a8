/**
 * One program puts values into a bucket, others watch it: from the instant at which a put was due to the watcher's callback. With few
 * keys and a history of one, a value that is replaced before it was sent is never sent: watchers see the last one.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'kv-watch',
  about: 'A thousand puts a second into a bucket: how long until one watcher, or ten, have each value?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  buckets: { state: { on: 'hub', filled: { keys: 1000 } } },
  workloads: [
    {
      kind: 'kv-put',
      name: 'put',
      on: 'send',
      to: 'hub',
      bucket: 'state',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 1000 },
      window: 100,
    },
    { kind: 'kv-watch', name: 'watch', on: 'recv', to: 'hub', bucket: 'state' },
  ],
  vary: { 'workloads.watch.connections': [1, 10] },
  phases: { warmup: '300ms', measure: '2s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'put', metric: 'lostAcked', atMost: 0 }],
})
