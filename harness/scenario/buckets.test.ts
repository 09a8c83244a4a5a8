import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'
import { checkScenario } from './check.ts'

const placed = { on: 'send', to: 'hub', bucket: 'state' }
const put = { ...placed, kind: 'kv-put', name: 'put', keys: 10, payload: { bytes: 64 }, arrivals: { kind: 'flood' } }
const get = { ...placed, kind: 'kv-get', name: 'get', keys: 10, arrivals: { kind: 'closed', inFlight: 1 } }
const watch = { ...placed, kind: 'kv-watch', name: 'watch' }
const base = {
  name: 'buckets',
  about: 'What must be said of buckets before anything is built.',
  topology: { hub: { role: 'server', server: { jetstream: true } }, bare: { role: 'server' }, send: { role: 'load' } },
  buckets: { state: { on: 'hub', filled: { keys: 10 } } },
  workloads: [put, get, watch],
}

function problems(change: object): readonly string[] {
  return problemsOf({ ...base, ...change })
}

describe('buckets of a scenario', () => {
  it('are taken with their defaults', () => {
    expect(checkScenario(base)).toMatchObject({
      ok: true,
      scenario: {
        buckets: { state: { storage: 'file', replicas: 1, history: 1, filled: { keys: 10, bytes: 128 } } },
        workloads: [{ window: 1, order: 'turn', timeout: '5s' }, { window: 1 }, { engine: 'wire' }],
      },
    })
  })

  it.each<readonly [string, object, string]>([
    [
      'a dot in the name',
      { buckets: { 'st.ate': { on: 'hub' } } },
      'buckets.st.ate must have a name of 1 to 60 letters',
    ],
    [
      'servers without JetStream',
      { buckets: { state: { on: 'bare', filled: { keys: 10 } } } },
      'buckets.state.on must name servers with JetStream',
    ],
    [
      'three replicas on one server',
      { buckets: { state: { on: 'hub', replicas: 3 } } },
      'buckets.state.replicas must be at most 1',
    ],
    [
      'a history beyond 64',
      { buckets: { state: { on: 'hub', history: 65 } } },
      'buckets.state.history must be a whole number of at most 64',
    ],
    [
      'more bytes than it holds',
      { buckets: { state: { on: 'hub', maxBytes: 1000, filled: { keys: 10, bytes: 128 } } } },
      'buckets.state.filled.keys must fit into maxBytes, 1000, got 10 of 128 B each',
    ],
    [
      'a time to live that is too short for the server',
      { buckets: { state: { on: 'hub', ttl: '50ms' } } },
      'buckets.state.ttl must be at least 100ms, the shortest that nats-server takes, got "50ms"',
    ],
    [
      'the name of its stream twice',
      { streams: { KV_state: { on: 'hub', subjects: ['x'] } } },
      'streams.KV_state must be another name',
    ],
    [
      'a bucket that is not there',
      { workloads: [{ ...put, bucket: 'stat' }] },
      'workloads.put.bucket must name a bucket, got "stat"',
    ],
    [
      'another group of servers',
      { workloads: [{ ...put, to: 'bare' }] },
      'workloads.put.to must be "hub", the servers of bucket "state"',
    ],
    [
      'gets of keys that nobody put',
      { workloads: [{ ...get, keys: 11 }] },
      'workloads.get.keys must be at most 10, the keys that are there before the load',
    ],
    [
      'a watcher of nothing',
      { workloads: [get, watch] },
      'workloads.watch.bucket must be one that a workload puts into',
    ],
    [
      'a watcher of values without a stamp',
      { workloads: [{ ...put, payload: { bytes: 8 } }, watch] },
      'workloads.put.payload.bytes must be at least 16',
    ],
  ])('are refused with %s', (_what, change, expected) => {
    expect(problems(change)).toContainEqual(expect.stringContaining(expected))
  })
})

describe('what a stream is filled with', () => {
  const stream = { on: 'hub', subjects: ['o.>'] }

  it.each(['p.new', 'o.*'])('must be for it, unlike %s', (subject) => {
    const found = problems({ streams: { orders: { ...stream, filled: { messages: 5, subject } } } })
    expect(found).toContainEqual(
      expect.stringContaining('streams.orders.filled.subject must be a subject of its stream'),
    )
  })

  it('must fit into it', () => {
    const filled = { messages: 5, subject: 'o.old' }
    const found = problems({ streams: { orders: { ...stream, maxMessages: 4, filled } } })
    expect(found).toContainEqual(expect.stringContaining('streams.orders.filled.messages must be at most 4'))
  })
})
