import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

function scenario(settings: object, changes: { readonly count?: number; readonly subject?: string } = {}) {
  const { count = 1, subject = 's.x' } = changes
  return {
    name: 'limits',
    about: 'Two agents of five connections each.',
    topology: {
      hub: { role: 'server', count, server: { settings } },
      send: { role: 'load' },
      recv: { role: 'load' },
    },
    workloads: [
      {
        kind: 'publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject,
        payload: { bytes: 128 },
        arrivals: { kind: 'constant', perSecond: 1000 },
        connections: 5,
      },
      { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject, connections: 5 },
    ],
    phases: { warmup: '300ms', measure: '1s' },
    repeats: 1,
  }
}

describe('limits of a server', () => {
  it.each([
    ['max_connections', 9, 'must be at least 10: the workloads make 10 connections to "hub", and the server takes 9'],
    ['max_connections', '5k', 'must be a whole number of connections from 0 to 2147483647, got "5k"'],
    ['max_connections', -1, 'must be a whole number of connections from 0 to 2147483647, got -1'],
    ['max_payload', 0, 'must be a whole number of bytes from 1 to 67108864, got 0'],
  ])('%s %s is a problem', (name, value, message) => {
    expect(problemsOf(scenario({ [name]: value }))).toEqual([`topology.hub.server.settings.${name} ${message}`])
  })

  it.each([{ max_connections: 10 }, { max_connections: 0 }, {}])('%j is none', (settings) => {
    expect(problemsOf(scenario(settings))).toEqual([])
  })

  it('counts the connections of a cluster by its servers', () => {
    expect(problemsOf(scenario({ max_connections: 5 }, { count: 2 }))).toEqual([])
    expect(problemsOf(scenario({ max_connections: 4 }, { count: 2 }))).toEqual([
      'topology.hub.server.settings.max_connections must be at least 5: the workloads make 10 connections to "hub", and its 2 servers take 8',
    ])
  })

  it.each([
    [{ max_pending: 65_536 }, 65_536],
    [{ max_pending: '500kb' }, 512_000],
    [{ max_pending: '1m' }, 1_000_000],
    [{ max_pending: 2_000_000, max_payload: 4_194_304 }, 2_000_000],
  ])('%j keeps the server from starting', (settings, got) => {
    const payload = 'max_payload' in settings ? settings.max_payload : 1_048_576
    expect(problemsOf(scenario(settings))).toEqual([
      `topology.hub.server.settings.max_pending must be at least max_payload (${payload}), or the server does not start: raise it, or lower max_payload too, got ${got}`,
    ])
  })

  it.each([{ max_pending: 1_048_576 }, { max_pending: '1MB' }, { max_pending: 65_536, max_payload: 65_536 }])(
    '%j lets it start',
    (settings) => {
      expect(problemsOf(scenario(settings))).toEqual([])
    },
  )

  it('knows a setting by one name only', () => {
    expect(problemsOf(scenario({ max_conn: 5 }))).toEqual([expect.stringContaining('write `max_connections` instead')])
  })

  it('asks for room for the line with which clients connect', () => {
    expect(problemsOf(scenario({ max_control_line: 90 }))).toEqual([
      'topology.hub.server.settings.max_control_line must be a whole number of bytes from 512 to 2147483647, got 90',
    ])
  })

  const at = { name: 'w', on: 'send', to: 'hub' } as const
  const arrivals = { kind: 'closed', inFlight: 1 } as const
  const publish = { ...at, kind: 'js-publish', subject: 'o.x', payload: { bytes: 4096 }, arrivals, window: 1 } as const
  const orders = { on: 'hub', subjects: ['o.>'] }
  const bucket = { on: 'hub' }
  const update = { ...at, kind: 'kv-update', bucket: 'b', payload: { bytes: 4096 }, arrivals }
  const object = { ...at, kind: 'object-put', store: 's', bytes: 300_000, arrivals }
  const own = (most: number, room: string) =>
    `must be at most ${most}, what the server takes (topology.hub.server.settings.max_payload${room})`
  const less = own(3968, ', less 128 for headers')

  it.each([
    [{ ...publish, ids: {} }, { streams: { orders } }, `workloads.w.payload.bytes ${less}, got 4096`],
    [{ ...publish, expect: 'stream' }, { streams: { orders } }, `workloads.w.payload.bytes ${less}, got 4096`],
    [update, { buckets: { b: bucket } }, `workloads.w.payload.bytes ${less}, got 4096`],
    [
      object,
      { objects: { s: bucket } },
      `workloads.w.bytes ${own(4096, '')}, got 300000, which goes in chunks of 131072`,
    ],
    [
      { ...at, kind: 'js-get', stream: 'orders', arrivals },
      { streams: { orders: { ...orders, filled: { messages: 9, bytes: 8192, subject: 'o.x' } } } },
      `streams.orders.filled.bytes ${own(4096, '')}, got 8192`,
    ],
    [
      { ...at, kind: 'kv-get', bucket: 'b', keys: 9, arrivals },
      { buckets: { b: { ...bucket, filled: { keys: 9, bytes: 8192 } } } },
      `buckets.b.filled.bytes ${own(4096, '')}, got 8192`,
    ],
    [
      { ...at, kind: 'object-get', store: 's', arrivals },
      { objects: { s: { ...bucket, filled: { objects: 3 } } } },
      `objects.s.filled.bytes ${own(4096, '')}, got 1048576, which goes in chunks of 131072`,
    ],
  ])('what is stored must fit max_payload with the headers that it gets: %#', (workload, stores, problem) => {
    const { topology, ...base } = scenario({})
    const server = { jetstream: true, settings: { max_payload: 4096 } }
    const given = {
      ...base,
      ...stores,
      topology: { ...topology, hub: { role: 'server', server } },
      workloads: [workload],
    }
    expect(problemsOf(given)).toEqual([problem])
  })

  it('where not even the headers fit, it is the limit of the server that must change', () => {
    const { topology, ...base } = scenario({})
    const server = { jetstream: true, settings: { max_payload: 100 } }
    const given = {
      ...base,
      streams: { orders },
      topology: { ...topology, hub: { role: 'server', server } },
      workloads: [{ ...publish, payload: { bytes: 128 }, ids: {} }],
    }
    expect(problemsOf(given)).toEqual([
      'topology.hub.server.settings.max_payload must be at least 256 for workloads.w.payload.bytes (128, and 128 for headers), got 100',
    ])
  })
})
