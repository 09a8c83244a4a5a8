import { methodsSection } from './methods.ts'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { Report } from '../model/report.ts'
import { cpuTimeChart, latencyChart, throughputChart } from './chart-time.ts'

function chartWith(...marks: Report['marks']) {
  const chart = throughputChart({ ...sampleReport(), marks }, 'pub', 'c0')
  if (chart === undefined) throw new Error('the sample report has no throughput over time')
  const end = Math.max(
    ...chart.shapes.flatMap((shape) => ('points' in shape ? shape.points.map(([at]) => at ?? 0) : [])),
  )
  return { end, shades: (chart.shades ?? []).filter(({ name }) => name === ''), note: (chart.notes ?? []).join(' ') }
}

const pause = { block: 0, from: 4.9, to: 5, what: 'sub@recv: 100 ms in 3 garbage collections' }

it('no line is drawn where nothing was measured', () => {
  const sample = sampleReport()
  const points = [1, 2, 3, 8, 9, 14].map((at) => [at, at] as [number, number])
  const report = { ...sample, series: [{ ...sample.series[0]!, of: 'pub', metric: 'throughput', points }], marks: [] }
  const shapes = throughputChart(report, 'pub', 'c0')?.shapes ?? []
  expect(shapes.map(({ kind, points }) => [kind, points.map(([at]) => at)])).toEqual([
    ['line', [1, 2, 3]],
    ['line', [8, 9]],
    ['dots', [14]],
  ])
})

it('the middle of many blocks keeps each second where it was, also where a block has no number for one', () => {
  const sample = sampleReport()
  const block = (index: number, seconds: readonly number[]) => ({
    ...sample.series[0]!,
    of: 'sub',
    metric: 'latency.p50',
    block: index,
    points: seconds.map((at) => [at, at * 1e5] as [number, number]),
  })
  const series = [
    block(0, [1, 2, 3, 4, 5, 6, 7.9]),
    ...Array.from({ length: 6 }, (_, i) => block(i + 1, [1, 2, 5, 6, 8])),
  ]
  const rows = latencyChart({ ...sample, series, marks: [] }, 'sub', 'latency', 'c0')?.table.rows ?? []
  expect(rows.map(({ cells }) => cells.join(' '))).toEqual([
    '1 s 100 µs',
    '2 s 200 µs',
    '3 s 300 µs',
    '4 s 400 µs',
    '5 s 500 µs',
    '6 s 600 µs',
    '8 s 800 µs',
  ])
})

it('stacks the CPU of nodes second by second, also where one was read less often', () => {
  const sample = sampleReport()
  const [first, second] = sample.plan.nodes.map(({ name }) => name)
  const line = (of = '', seconds: readonly number[] = []) => ({
    ...sample.series[0]!,
    of,
    metric: 'cpu',
    points: seconds.map((at) => [at, at / 10] as [number, number]),
  })
  const series = [line(first, [1, 2, 3, 4]), line(second, [2, 3, 4])]
  const areas = cpuTimeChart({ ...sample, series, marks: [] }, 'c0')?.shapes ?? []
  const same = [2, 3, 4].map((at) => [at, at / 10])
  expect(areas.map(({ points }) => points)).toEqual([same, same])
})

describe('shades on the time line', () => {
  it('are as long as the garbage collections took, and the page says once that their place is not known', () => {
    const { shades, note } = chartWith(pause)
    expect(shades).toEqual([{ from: 4.9, to: 5, name: '' }])
    expect(note).toContain('100 ms in 3 garbage collections')
    expect(methodsSection().markup).toContain('its place within the sample is not known')
  })

  it('bear the name of a fault, also where a gap begins before it', () => {
    const gap = { block: 0, from: 2, to: 4, what: 'sub: nothing for 2000.00 ms' }
    const chart = throughputChart(
      { ...sampleReport(), marks: [gap, { block: 0, from: 2.1, to: 3, what: 'fault: kill hub' }] },
      'pub',
      'c0',
    )
    expect(chart?.shades?.map(({ name }) => name)).toContain('fault')
  })

  it('say nothing of garbage collections where there are only faults', () => {
    expect(chartWith({ ...pause, what: 'fault: kill' }).note).toMatch(
      /^Shaded besides the warm-up: fault: kill \(.*\)\.$/,
    )
  })

  it('are of faults and collections only; a gap is a line at the foot of its own workload', () => {
    const marks: Report['marks'] = [
      { block: 0, from: 2, to: 3, what: 'fault: kill hub', kind: 'fault' },
      { block: 0, from: 2, to: 4.5, what: 'pub: nothing for 2500.00 ms', kind: 'gap' },
      { block: 0, from: 2, to: 4, what: 'pub@send: connection 1 lost', kind: 'connection' },
    ]
    const gap: NonNullable<Report['faults']>[number] = {
      variant: 'default',
      block: 0,
      workload: 'pub',
      fault: 'kill hub',
      nodes: ['hub'],
      from: 2,
      to: 4.5,
      gap: [2, 4.5],
      over: true,
    }
    const report = { ...sampleReport(), marks, faults: [gap, { ...gap, workload: 'sub', gap: [2.1, 4] as const }] }
    const chart = throughputChart(report, 'pub', 'c0')
    expect(chart?.shades?.filter(({ name }) => name !== 'warm-up')).toEqual([{ from: 2, to: 3, name: 'fault' }])
    const thick = chart?.shapes.filter((shape) => shape.kind === 'line' && shape.thick === true) ?? []
    expect(thick.map(({ points }) => points.map(([x]) => x))).toEqual([[2, 4.5]])
    expect(chart?.legend.at(-1)?.name).toBe('nothing came')
  })

  it('leave out what began after the lines end', () => {
    const { end } = chartWith(pause)
    const { shades, note } = chartWith({ ...pause, from: end, to: end + 0.2 })
    expect(shades).toEqual([])
    expect(note).toBe('')
  })

  it('can be seen at the very end of the lines', () => {
    const { end } = chartWith(pause)
    const [shade] = chartWith({ ...pause, from: end - 0.001, to: end }).shades
    expect(shade?.to).toBe(end)
    expect(end - (shade?.from ?? end)).toBeCloseTo(end / 200, 6)
  })
})
