import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { Summary } from '../model/report.ts'
import { compareRuns } from './compare-runs.ts'

const one = sampleReport({ factor: () => 1 })
const two = { ...sampleReport({ factor: () => 2 }), run: 'two' }

function rowOf(metric: string, per?: string, runs = compareRuns([one, two])) {
  const found = runs.rows.find((r) => r.workload === 'sub' && r.metric === metric && r.per === per)
  if (found === undefined) throw new Error(`there must be a row of ${metric}`)
  return found
}

describe('compareRuns', () => {
  it('gives the ratio against the first run, with an interval that holds it', () => {
    const [none, ratio] = rowOf('latency.p99').ratios
    expect(none).toBeUndefined()
    expect(ratio?.value).toBeGreaterThan(1.8)
    expect(ratio?.value).toBeLessThan(2.2)
    expect(ratio?.interval?.[0]).toBeLessThanOrEqual(ratio?.value ?? 0)
    expect(ratio?.interval?.[1]).toBeGreaterThanOrEqual(ratio?.value ?? Infinity)
    expect(ratio?.confidence).toBeGreaterThanOrEqual(0.95)
  })

  it('withholds a percentile that not every block has, as the report of the run does', () => {
    const thin = (row: Summary): Summary => {
      const { workload, metric, unit, better, variant } = row
      return metric === 'latency.p99.9' ? { workload, metric, unit, better, variant, blocks: 0, partly: 1 } : row
    }
    const both = compareRuns([one, { ...two, summaries: two.summaries.map(thin) }])
    expect(rowOf('latency.p99.9', undefined, both).runs.map((run) => run?.values.length)).toEqual([
      one.plan.blocks.length,
      undefined,
    ])
    expect(rowOf('latency.p99.9', undefined, both).ratios[1]).toBeUndefined()
    expect(rowOf('latency.p99', undefined, both).ratios[1]).toBeDefined()
  })

  it('says nothing of ratios of zero', () => {
    expect(rowOf('loss').ratios[1]).toBeUndefined()
  })

  it('divides by cores, GHz, CPU-seconds and the floor of each machine', () => {
    const bottlenecks = one.bottlenecks.map((each) => ({ ...each, limiter: 'server' as const }))
    const first = { ...one, bottlenecks }
    const bigger = { ...two, bottlenecks, facts: { ...two.facts, host: { ...two.facts.host, cores: 8, cpuMHz: 2592 } } }
    const both = compareRuns([first, bigger])
    const raw = rowOf('throughput', undefined, both)
    expect(rowOf('throughput', 'core', both).runs[1]?.median).toBeCloseTo((raw.runs[1]?.median ?? 0) / 8, 6)
    expect(rowOf('throughput', 'GHz', both).runs[1]?.median).toBeCloseTo((raw.runs[1]?.median ?? 0) / 2.592, 6)
    const cost = rowOf('cpu.server', undefined, both).runs[0]?.median ?? 0
    expect(rowOf('throughput', 'CPU-second of the server', both).runs[0]?.median).toBeCloseTo(1e6 / cost, 3)
    expect(rowOf('latency.p50', 'floor', both).unit).toBe('ratio')
  })

  it('divides no rate that was set: the quotient would say only what was asked for', () => {
    const pers = compareRuns([one, two], undefined, [28, 5]).rows.flatMap(({ metric, per }) =>
      metric === 'throughput' && per !== undefined ? [per] : [],
    )
    expect(new Set(pers)).toEqual(new Set(['CPU-second of the server']))
  })

  it('names what differs and nothing else', () => {
    const other = {
      ...two,
      facts: { ...two.facts, host: { ...two.facts.host, governor: 'powersave', settings: { bastille: '1.4.4' } } },
    }
    expect(compareRuns([one, other]).differences).toEqual([
      { what: 'governor', texts: [undefined, 'powersave'] },
      { what: 'kern.racct.enable', texts: ['1', undefined] },
    ])
  })

  it('knows no setting that only has the name of what every object has', () => {
    const settings = { ...two.facts.host.settings, constructor: 'x' }
    const other = { ...two, facts: { ...two.facts, host: { ...two.facts.host, settings } } }
    expect(compareRuns([one, other]).differences).toEqual([{ what: 'constructor', texts: [undefined, 'x'] }])
  })

  it('says in words what makes the comparison unfair', () => {
    const generator = {
      ...two,
      state: 'interrupted' as const,
      because: 'Ctrl-C',
      bottlenecks: [{ variant: 'default', limiter: 'generator' as const, because: 'send used 99 % of a core' }],
      plan: { ...two.plan, digest: 'other' },
    }
    const text = compareRuns([one, generator], ['a', 'b']).unfair.join('\n')
    expect(text).toContain('b ran another plan of this scenario than a')
    expect(text).toContain('b is interrupted: Ctrl-C')
    expect(text).toContain(
      'b was limited by its generator, not by the server: its throughput is that of the load program.',
    )
  })

  it('does not call two substrates the same machine', () => {
    const container = { ...two, plan: { ...two.plan, substrate: 'container' as const } }
    const comparison = compareRuns([one, container], ['jails', 'containers'])
    expect(comparison.unfair.join('\n')).toContain('containers ran on container and jails on bastille')
    expect(comparison.differences).toContainEqual({ what: 'substrate', texts: ['bastille', 'container'] })
    expect(compareRuns([one, two], ['a', 'b']).unfair.join('\n')).not.toContain('not the same set-up')
  })

  it('labels runs by the first thing that tells them apart', () => {
    const container = { ...two, plan: { ...two.plan, substrate: 'container' as const } }
    expect(compareRuns([one, container]).runs.map((r) => r.label)).toEqual(['bastille', 'container'])
    expect(compareRuns([one, two]).runs.map((r) => [r.label, r.name])).toEqual([
      ['A', one.run],
      ['B', 'two'],
    ])
  })
})
