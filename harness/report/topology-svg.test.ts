import { describe, expect, it } from 'vitest'
import { topologyPicture } from './topology-svg.ts'
import type { TopologyEdge, TopologyNode } from './topology.ts'

const node = (group: string, role: TopologyNode['role']): TopologyNode => ({
  group,
  role,
  names: [group],
  addresses: ['127.0.0.1'],
  cpuShares: [],
})
const rate = { workload: '', variant: 'default', metric: 'throughput', unit: 'msg/s', better: 'higher' } as const
const edge = (workload: string): TopologyEdge => ({
  from: 'use',
  to: 'hub',
  workload,
  throughput: { ...rate, median: 499, blocks: 1 },
})

describe('the picture of a topology', () => {
  const topology = {
    nodes: [node('use', 'load'), node('hub', 'server')],
    edges: ['put', 'get', 'update'].map(edge),
  }
  const [lying = '', standing = ''] = topologyPicture(topology, 't').markup.split('class="standing"')
  /** Where each edge's words begin. */
  const places = (picture: string) =>
    [...picture.matchAll(/<text [^>]*class="label"><tspan x="([\d.-]+)" y="([\d.-]+)"/g)].map(([, x, y]) => ({
      x: Number(x),
      y: Number(y),
    }))

  it('keeps the words of edges between the same nodes apart: a line each where it lies', () => {
    const at = places(lying).map(({ y }) => y)
    expect(at.length).toBe(3)
    expect(Math.min(at[1]! - at[0]!, at[2]! - at[1]!)).toBeGreaterThanOrEqual(14)
    expect(lying.match(/dx="8"/g)?.length).toBe(3)
  })

  it('keeps them apart and inside where it stands', () => {
    const wide = Number(/viewBox="0 0 (\d+)/.exec(standing)?.[1])
    const at = places(standing).map(({ x }) => x)
    expect(at.length).toBe(3)
    expect(Math.min(at[1]! - at[0]!, at[2]! - at[1]!)).toBeGreaterThanOrEqual(90)
    expect(at[2]! + 90).toBeLessThanOrEqual(wide)
  })
  it('gives edges of different nodes a line each where it stands and their words would meet', () => {
    const between = (workload: string, from: string, to: string): TopologyEdge => ({ ...edge(workload), from, to })
    const crowded = {
      nodes: [node('send', 'load'), node('use', 'load'), node('hub', 'server')],
      edges: [between('cas', 'send', 'hub'), between('get', 'use', 'hub'), between('watch', 'hub', 'use')],
    }
    const [, picture = ''] = topologyPicture(crowded, 't').markup.split('class="standing"')
    const at = places(picture).map(({ y }) => y)
    expect(at.toSorted((a, b) => a - b).map((y, i, all) => y - (all[i - 1] ?? y - 14))).toEqual([14, 14, 14])
    const [, apart = ''] = topologyPicture({ ...crowded, edges: crowded.edges.slice(0, 2) }, 't').markup.split(
      'standing',
    )
    expect(new Set(places(apart).map(({ y }) => y)).size).toBe(1)
  })
  it('draws no edge over the words of another', () => {
    for (const picture of [lying, standing])
      expect(picture.lastIndexOf('class="edge"')).toBeLessThan(picture.indexOf('class="label"'))
  })
})
