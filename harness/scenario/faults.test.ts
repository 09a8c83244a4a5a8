import { describe, expect, it } from 'vitest'
import { checkScenario } from './check.ts'
import { problemText } from './problem.ts'

/** A publisher to the stream, but for its window. */
const windowless = {
  kind: 'js-publish',
  name: 'pub',
  on: 'send',
  to: 'hub',
  subject: 'o.new',
  payload: { bytes: 128 },
  arrivals: { kind: 'constant', perSecond: 100 },
  reconnect: {},
}

/** Problems of a scenario with three servers, a stream and one publisher, after this fault is added. */
function problems(fault: object, more: object = {}): readonly string[] {
  const checked = checkScenario({
    name: 'faults',
    about: 'A test.',
    topology: { hub: { role: 'server', count: 3, server: { jetstream: true } }, send: { role: 'load' } },
    streams: { orders: { on: 'hub', subjects: ['o.>'], replicas: 3 } },
    workloads: [{ ...windowless, window: 100 }],
    phases: { warmup: '1s', measure: '10s' },
    faults: [{ at: '2s', kind: 'kill', ...fault }],
    ...more,
  })
  return checked.ok ? [] : checked.problems.map(problemText)
}

describe('whom a fault meets', () => {
  it.each([
    [{ node: 'hub-2' }],
    [{ leaderOf: 'orders' }],
    [{ followerOf: 'orders', lasts: '1s' }],
    [{ serverOf: 'pub' }],
    [{ metaLeaderOf: 'hub' }],
    [{ kind: 'restart', node: 'hub', every: '3s' }],
  ])('may be %j', (fault) => {
    expect(problems(fault)).toEqual([])
  })

  it('must be said, and once', () => {
    expect(problems({})).toEqual([expect.stringContaining('faults.0.node must be the one of')])
    expect(problems({ node: 'hub', leaderOf: 'orders' })).toEqual([expect.stringContaining('got node and leaderOf')])
  })

  it('must be there', () => {
    expect(problems({ leaderOf: 'order' })).toEqual([expect.stringMatching(/leaderOf must name a stream.*orders/)])
    expect(problems({ serverOf: 'sub' })).toEqual([expect.stringContaining('serverOf must name a workload')])
    expect(problems({ metaLeaderOf: 'send' })).toEqual([
      expect.stringContaining('metaLeaderOf must name a cluster with JetStream'),
    ])
  })

  it('goes from node to node in a group only, and ends before the block does', () => {
    expect(problems({ kind: 'restart', node: 'hub-1', every: '3s' })).toEqual([
      expect.stringContaining('every must stand beside a group of nodes'),
    ])
    expect(problems({ kind: 'restart', node: 'hub', every: '5s' })).toEqual([
      expect.stringMatching(/must end before the block does.*got 12000 ms/),
    ])
  })
})

describe('a full disk and a crash of the system', () => {
  const hub = { role: 'server', count: 3, server: { jetstream: true } }
  const on = (disk: object) => ({ topology: { hub: { ...hub, ...disk }, send: { role: 'load' } } })
  const full = { kind: 'disk-full', leaderOf: 'orders', lasts: '1s' }

  it('meet servers with a disk of their own only', () => {
    expect(problems(full, on({ disk: '64MiB' }))).toEqual([])
    expect(problems({ kind: 'os-crash', node: 'hub-1', lasts: '1s' }, on({ disk: '64MiB' }))).toEqual([])
    expect(problems(full)).toEqual([expect.stringMatching(/faults\.0\.kind must meet .* give topology\.hub a "disk"/)])
    expect(problems({ kind: 'os-crash', node: 'hub-1' })).toEqual([expect.stringContaining('for os-crash')])
  })

  it('need a disk of a size that can be, on servers that store', () => {
    expect(problems({ node: 'hub' }, on({ disk: '1MiB' }))).toEqual([
      expect.stringMatching(/topology\.hub\.disk must be from 32MiB to 1TiB/),
    ])
    expect(problems({ node: 'hub' }, { topology: { hub, send: { role: 'load', disk: '64MiB' } } })).toEqual([
      expect.stringContaining('topology.send.disk must stand on servers'),
    ])
  })

  it('end by themselves or not, as kills do', () => {
    expect(problems({ kind: 'disk-full', node: 'hub-1' }, on({ disk: '64MiB' }))).toEqual([
      expect.stringContaining('faults.0.lasts must be given for a disk-full'),
    ])
    expect(problems({ kind: 'os-crash', node: 'hub-1' }, on({ disk: '64MiB' }))).toEqual([])
  })
})

describe('a slow disk', () => {
  const hub = { role: 'server', count: 3, server: { jetstream: true } }
  const topology = { hub: { ...hub, disk: '64MiB' }, send: { role: 'load' } }
  const slow = { kind: 'slow-disk', node: 'hub-1', writesPerSecond: 20, lasts: '1s' }

  it('says how slow, of a disk that is there, for a time', () => {
    expect(problems(slow, { topology })).toEqual([])
    expect(problems(slow)).toEqual([expect.stringMatching(/faults\.0\.kind must meet .* for slow-disk/)])
    expect(problems({ ...slow, writesPerSecond: undefined }, { topology })).toEqual([
      expect.stringContaining('faults.0.writesPerSecond must say how many writes the disk takes'),
    ])
    expect(problems({ ...slow, lasts: undefined }, { topology })).toEqual([
      expect.stringContaining('faults.0.lasts must be given for a slow-disk'),
    ])
    expect(problems({ ...slow, kind: 'disk-full' }, { topology })).toEqual([
      expect.stringContaining('writesPerSecond must stand in a fault of kind slow-disk'),
    ])
  })

  it('is one at a time', () => {
    const faults = [slow, { ...slow, at: '2500ms', node: 'hub-2' }].map((each) => ({ at: '2s', ...each }))
    expect(problems({}, { topology, faults })).toEqual([
      expect.stringContaining('must not fall into another slow-disk'),
    ])
  })
})

describe('a disk that hangs', () => {
  const hub = { role: 'server', count: 3, server: { jetstream: true }, disk: '64MiB' }
  const topology = { hub, send: { role: 'load' } }
  const hang = { at: '2s', kind: 'hung-disk', node: 'hub-1', lasts: '1s' }

  it('is one of its own, for a time', () => {
    expect(problems(hang, { topology })).toEqual([])
    expect(problems(hang)).toEqual([expect.stringMatching(/faults\.0\.kind must meet .* for hung-disk/)])
    expect(problems({ ...hang, lasts: undefined }, { topology })).toEqual([
      expect.stringContaining('faults.0.lasts must be given for a hung-disk'),
    ])
  })

  it.each([
    [{ at: '2500ms', kind: 'kill', node: 'hub-2' }, 'must not fall into a hung-disk, got one in faults.0'],
    [{ at: '1s', kind: 'disk-full', node: 'hub-2', lasts: '2s' }, 'must not fall into a hung-disk'],
    [{ ...hang, at: '2500ms', node: 'hub-2' }, 'must not fall into another hung-disk'],
  ])('is not on while a server ends or its disk is filled: %#', (other, message) => {
    expect(problems({}, { topology, faults: [hang, other] })).toEqual([expect.stringContaining(message)])
  })
})

describe('when a fault is', () => {
  const at = (kind: string, node: string, from: string, lasts?: string) => ({
    at: from,
    kind,
    node,
    ...(lasts === undefined ? {} : { lasts }),
  })
  it.each([
    [at('pause', 'hub-2', '2s', '2s'), at('pause', 'hub-2', '3s', '500ms')],
    [at('pause', 'hub', '2s', '2s'), at('kill', 'hub-1', '3s')],
    [at('restart', 'hub-1', '2s', '1s'), at('stop', 'hub', '2500ms', '1s')],
    [at('kill', 'hub-1', '2s', '1s'), at('pause', 'hub-1', '1500ms', '1s')],
  ])('%j and %j do not go together', (...faults) => {
    expect(problems({}, { faults })).toEqual([
      expect.stringMatching(/^faults.1.at must not fall into another fault of the same node/),
    ])
  })

  it('two of one node may follow each other, and two nodes have their own', () => {
    expect(problems({}, { faults: [at('pause', 'hub-2', '2s', '1s'), at('kill', 'hub-2', '3s')] })).toEqual([])
    expect(problems({}, { faults: [at('pause', 'hub-2', '2s', '1s'), at('kill', 'hub-1', '2s')] })).toEqual([])
    expect(problems({}, { faults: [at('kill', 'hub-2', '2s'), at('restart', 'hub-2', '4s')] })).toEqual([])
  })

  it('it lasts, and meets the measured time', () => {
    expect(problems({ kind: 'pause', node: 'hub', lasts: '0s' })).toEqual([
      'faults.0.lasts must be at least 1ms for a pause, got "0s"',
    ])
    expect(problems({ kind: 'pause', node: 'hub', at: '500ms', lasts: '500ms' })).toEqual([
      expect.stringContaining('faults.0.at must overlap the measured time'),
    ])
  })
})

describe('what is expected', () => {
  it('must be something that can happen in the scenario', () => {
    expect(problems({ node: 'hub-2' }, { expect: { gapBelow: '5s', lostAcked: 0 } })).toEqual([])
    expect(problems({ node: 'hub-2' }, { expect: { cutOff: ['pub'] } })).toEqual([
      expect.stringContaining('expect.cutOff.0 must name a workload that receives'),
    ])
    expect(problems({ node: 'hub-2' }, { expect: {} })).toEqual([expect.stringContaining('expect')])
  })
  it('may come of a workload that has another fault', () => {
    const more = { workloads: [windowless], expect: { gapBelow: '5s', lostAcked: 0 } }
    expect(problems({ node: 'hub-2' }, more)).toEqual([expect.stringContaining('workloads.pub.window')])
    expect(
      problems({ node: 'hub-2' }, { ...more, workloads: [{ ...windowless, window: 1, kind: 'js-publsh' }] }),
    ).toEqual([expect.stringContaining('workloads.pub.kind')])
    const plain = { ...windowless, kind: 'publish' }
    expect(problems({ node: 'hub-2' }, { ...more, workloads: [plain] })).toEqual([
      'expect.lostAcked must stand beside a workload that publishes to a stream, got none',
      'expect.gapBelow must stand beside a workload that messages come to, got none',
    ])
  })
})
