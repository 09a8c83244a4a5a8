import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { change, expandVariants, variantCount } from './variants.ts'

const scenario = {
  topology: { hub: { role: 'server', server: { version: '2.15.2' } }, recv: { role: 'load', count: 1 } },
  workloads: [
    { kind: 'publish', name: 'pub', payload: { bytes: 16 } },
    { kind: 'subscribe', name: 'sub' },
  ],
  phases: { measure: '1s' },
  seed: 1,
}
const names = (varied: Parameters<typeof expandVariants>[0]) => expandVariants(varied).map(({ name }) => name)

describe('variants', () => {
  it('are one called default where nothing varies', () => {
    expect(expandVariants({})).toEqual([{ name: 'default', set: {} }])
  })

  it('of a grid are named by the shortest ends of paths that tell them apart', () => {
    expect(names({ vary: { 'workloads.pub.payload.bytes': [16, 64] } })).toEqual(['bytes=16', 'bytes=64'])
    expect(names({ vary: { 'topology.a.count': [1], 'topology.b.count': [2, 3] } })).toEqual([
      'a.count=1,b.count=2',
      'a.count=1,b.count=3',
    ])
  })

  it('are every named set at every point of the grid', () => {
    const all = expandVariants({ variants: { base: {}, head: { seed: 2 } }, vary: { 'topology.recv.count': [1, 4] } })
    expect(all).toEqual([
      { name: 'base count=1', set: { 'topology.recv.count': 1 } },
      { name: 'base count=4', set: { 'topology.recv.count': 4 } },
      { name: 'head count=1', set: { seed: 2, 'topology.recv.count': 1 } },
      { name: 'head count=4', set: { seed: 2, 'topology.recv.count': 4 } },
    ])
  })

  it('have names of their own even where a grid says a value twice', () => {
    expect(names({ vary: { seed: [1, 1, '1'] } })).toEqual(['seed=1', 'seed=1 #2', 'seed=1 #3'])
  })

  it('are counted without being made', () => {
    const values = fc.array(fc.integer(), { minLength: 1, maxLength: 4 })
    const vary = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}(\.[a-z]{1,3}){0,2}$/), values, { maxKeys: 4 })
    const variants = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.constant({}), { maxKeys: 4 })
    fc.assert(
      fc.property(fc.record({ vary, variants }), (varied) => {
        const all = expandVariants(varied)
        expect(all).toHaveLength(variantCount(varied))
        expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
      }),
    )
  })
})

describe('a change', () => {
  it('leaves what it was made from as it was', () => {
    const before = structuredClone(scenario)
    change(scenario, { 'workloads.pub.payload.bytes': 64, 'topology.recv.count': 2, seed: 9 })
    expect(scenario).toEqual(before)
  })

  it('finds workloads by name and by position', () => {
    expect(change(scenario, { 'workloads.pub.payload.bytes': 64 }).workloads[0]?.payload?.bytes).toBe(64)
    expect(change(scenario, { 'workloads.0.payload.bytes': 64 }).workloads[0]?.payload?.bytes).toBe(64)
  })

  it('makes members that are not there yet', () => {
    const changed = change(scenario, { 'topology.hub.server.settings.max_payload': 4096, 'phases.warmup': '2s' })
    expect(changed.topology.hub.server).toEqual({ version: '2.15.2', settings: { max_payload: 4096 } })
    expect(changed.phases).toEqual({ measure: '1s', warmup: '2s' })
  })

  it('makes phases and expectations where the scenario says nothing of them', () => {
    const changed = change({ name: 'x' }, { 'phases.measure': '2s', 'expect.lostAcked': 3 })
    expect(changed).toEqual({ name: 'x', phases: { measure: '2s' }, expect: { lostAcked: 3 } })
  })

  it('from a release of the server to a program drops the release, and the other way round', () => {
    const byPath = change(scenario, { 'topology.hub.server.path': '/x' })
    expect(byPath.topology.hub.server).toEqual({ path: '/x' })
    expect(change(byPath, { 'topology.hub.server.version': '2.10.0' }).topology.hub.server).toEqual({
      version: '2.10.0',
    })
  })

  it.each([
    [
      'name',
      'must begin with topology, streams, consumers, buckets, objects, workloads, phases, expect, network or seed',
    ],
    ['seed.more', 'must name a value'],
    ['network.mode', 'must name a value'],
    ['topology.hbu.count', 'must name one of topology: hub, recv'],
    ['workloads.2.subject', 'must name one of workloads: pub, sub'],
    ['topology.hub.cpus', 'must change count or a member of server (nodes live for the whole run)'],
    ['topology.hub', 'must change count or a member of server (nodes live for the whole run)'],
    ['workloads.pub.kind', 'must change a member of the workload other than name, kind, on and to'],
    ['workloads.pub.payload.bytes.more', 'must not go below bytes'],
    ['topology.hub.server.__proto__.polluted', 'must name a value'],
    ['topology.__proto__.count', 'must name one of topology: hub, recv'],
    ['phases..measure', 'must name a value'],
    ['phases.measure.more', 'must not go below measure'],
    ['expect.cutOff', 'must change gapBelow or lostAcked'],
  ])('of %s is refused: it %s', (path, message) => {
    expect(() => change(scenario, { [path]: 1 })).toThrow(new RangeError(message))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    [{ phases: '2s' }, 'phases.measure', 'must not go below phases'],
    [{ expect: 0 }, 'expect.lostAcked', 'must not go below expect'],
    [{ workloads: [{ name: {} }, { name: 'sub' }] }, 'workloads.pub.rate', 'must name one of workloads: sub'],
  ])('of a part of another shape, %j, is refused too', (wrong, path, message) => {
    expect(() => change(wrong, { [path]: 1 })).toThrow(new RangeError(message))
  })
})
