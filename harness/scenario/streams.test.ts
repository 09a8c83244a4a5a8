import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'
import { checkScenario } from './check.ts'

const stream = { on: 'hub', subjects: ['o.>'] }
const base = {
  name: 'streams',
  about: 'What must be said of streams before anything is built.',
  topology: {
    hub: { role: 'server', server: { jetstream: true, settings: { max_file_store: '1GiB' } } },
    send: { role: 'load' },
  },
  streams: { orders: stream },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
      window: 1,
    },
  ],
}

function problems(change: object): readonly string[] {
  return problemsOf({ ...base, ...change })
}

describe('streams of a scenario', () => {
  it('are taken with their defaults', () => {
    const checked = checkScenario(base)
    expect(checked).toMatchObject({
      ok: true,
      scenario: {
        streams: { orders: { storage: 'file', replicas: 1, discard: 'new', retention: 'limits' } },
        workloads: [{ window: 1, timeout: '5s', engine: 'wire' }],
      },
    })
  })

  it.each([
    [
      'three replicas on one server',
      { orders: { ...stream, replicas: 3 } },
      'streams.orders.replicas must be at most 1',
    ],
    [
      'a group that is not there',
      { orders: { ...stream, on: 'hab' } },
      'streams.orders.on must name a group of role "server"',
    ],
    ['load nodes', { orders: { ...stream, on: 'send' } }, 'streams.orders.on must name a group of role "server"'],
    ['a dot in the name', { 'or.ders': stream }, 'streams.or.ders must have a name of 1 to 60 letters'],
    [
      'messages that it would not keep',
      { orders: { ...stream, retention: 'interest', filled: { messages: 10, subject: 'o.new' } } },
      'streams.orders.filled must be left out where retention is "interest"',
    ],
    [
      'more bytes than it holds',
      { orders: { ...stream, maxBytes: '10KiB', filled: { messages: 100, bytes: 128, subject: 'o.new' } } },
      'streams.orders.filled.messages must fit into maxBytes, "10KiB", got 100 of 128 B each',
    ],
    [
      'every subject of two tokens',
      { orders: { ...stream, subjects: ['*.new'] } },
      'streams.orders.subjects.0 must leave the subjects of the server alone, got "*.new"',
    ],
    [
      'a time for ids that is too short for the server',
      { orders: { ...stream, dedupWindow: '99ms' } },
      'streams.orders.dedupWindow must be at least 100ms, the shortest that nats-server takes, got "99ms"',
    ],
    [
      'more bytes than its servers may store',
      { orders: { ...stream, maxBytes: '2GiB' } },
      'streams.orders.maxBytes must be at most 1GiB, what its servers may store (topology.hub.server.settings.max_file_store), got "2GiB"',
    ],
    [
      'more bytes than its servers may store together with another',
      { orders: { ...stream, maxBytes: '600MiB' }, more: { ...stream, subjects: ['m'], maxBytes: '500MiB' } },
      'streams.more.maxBytes must leave room beside streams.orders.maxBytes: together at most 1GiB, what its servers may store (topology.hub.server.settings.max_file_store), got "500MiB"',
    ],
    [
      'all subjects',
      { orders: { ...stream, subjects: ['>'] } },
      'streams.orders.subjects.0 must leave the subjects of the server',
    ],
    [
      'a wildcard within a token',
      { orders: { ...stream, subjects: ['o*.x', 'o.>'] } },
      'streams.orders.subjects.0 must have "*"',
    ],
    [
      'subjects of another stream',
      { orders: stream, more: { ...stream, subjects: ['o.*'] } },
      'streams.more.subjects.0 must not overlap with "o.>" of stream "orders"',
    ],
    [
      'its own subject twice',
      { orders: { ...stream, subjects: ['o.>', 'o.new'] } },
      'streams.orders.subjects.1 must not overlap with "o.>" of the same stream',
    ],
    [
      'a bare number as a duration',
      { orders: { ...stream, dedupWindow: 2 } },
      'streams.orders.dedupWindow must be a duration',
    ],
    [
      'no stream for a publisher',
      { orders: { ...stream, subjects: ['p.>'] } },
      'workloads.pub.subject must be one of a stream on the same servers',
    ],
  ])('with %s are refused by name', (_what, streams, wanted) => {
    const found = problems({ streams })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(wanted)
  })

  it('need servers with JetStream', () => {
    const topology = { ...base.topology, hub: { role: 'server' } }
    expect(problems({ topology })).toEqual([
      expect.stringContaining('streams.orders.on must name servers with JetStream'),
    ])
  })

  it('cannot be compared with publishers without stamps', () => {
    const [pub] = base.workloads
    expect(problems({ workloads: [{ ...pub, payload: { bytes: 8 } }] })).toEqual([
      expect.stringContaining('workloads.pub.payload.bytes must be at least 16'),
    ])
  })

  it('may be varied, but for their servers', () => {
    expect(problems({ vary: { 'streams.orders.storage': ['file', 'memory'] } })).toEqual([])
    expect(problems({ vary: { 'streams.orders.on': ['hub'] } })[0]).toContain('other than on')
    expect(problems({ vary: { 'streams.orders.replicas': [1, 3] } })[0]).toContain('must be at most 1')
  })
})

describe('the sync interval of a server', () => {
  const withSync = (sync: unknown) =>
    problems({
      topology: {
        ...base.topology,
        hub: { role: 'server', server: { jetstream: true, settings: { sync_interval: sync } } },
      },
    })

  it.each(['always', '10s', '2m'])('is taken as %s', (sync) => {
    expect(withSync(sync)).toEqual([])
  })

  it.each([2, 'sometimes', true])('is refused as %s', (sync) => {
    expect(withSync(sync)).toEqual([
      expect.stringContaining('sync_interval must be "always" or a duration such as "10s"'),
    ])
  })
})
