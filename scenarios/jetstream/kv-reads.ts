/**
 * Does a client see what it has just put? A bucket with three copies; each put that was acknowledged is read at once by the same client, of
 * the leader, or by a direct get, which any server with a copy answers. The client
 * sits on a follower, so that the acknowledgement and a direct answer come from different servers.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'kv-reads',
  about:
    'Three copies of a bucket and 300 puts a second: how many reads of a value just acknowledged find an older one, asked of the leader or directly?',
  topology: { hub: { role: 'server', count: 3, server: { jetstream: true } }, use: { role: 'load' } },
  buckets: { state: { on: 'hub', replicas: 3, filled: { keys: 100 } } },
  workloads: [
    {
      kind: 'kv-put',
      name: 'put',
      on: 'use',
      to: 'hub',
      bucket: 'state',
      keys: 100,
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 300 },
      window: 100,
      via: 'follower',
      readOwn: 'leader',
    },
  ],
  vary: { 'workloads.put.readOwn': ['leader', 'direct'] },
  phases: { warmup: '300ms', measure: '2s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'put', metric: 'lostAcked', atMost: 0 }],
})
