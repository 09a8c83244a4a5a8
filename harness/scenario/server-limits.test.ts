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
    ['max_connections', '5k', 'must be a whole number of connections from -1 to 2147483647, got "5k"'],
    ['max_payload', 0, 'must be a whole number of bytes from 1 to 67108864, got 0'],
  ])('%s %s is a problem', (name, value, message) => {
    expect(problemsOf(scenario({ [name]: value }))).toEqual([`topology.hub.server.settings.${name} ${message}`])
  })

  it.each([{ max_connections: 10 }, { max_connections: 0 }, { max_connections: -1 }, {}])('%j is none', (settings) => {
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

  it('asks for room in a line of the protocol', () => {
    expect(problemsOf(scenario({ max_control_line: 64 }))).toEqual(
      ['pub', 'sub'].map(
        (name) =>
          `workloads.${name}.subject must fit a line of 64 bytes, what the server takes (topology.hub.server.settings.max_control_line), got one of 67`,
      ),
    )
  })
})
