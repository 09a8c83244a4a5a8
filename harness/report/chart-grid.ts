/** What a grid of variants shows: a metric over one thing that was varied, and latency against load. */
import { knee as kneeOf } from '../stats/knee.ts'
import { count } from '../model/count.ts'
import type { Report, Summary, Unit } from '../model/report.ts'
import type { Axis } from './axis.ts'
import { logAxis, placesAxis, unitAxis } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, Point, Shape, Slot } from './chart.ts'
import { absent, quantity, range, threeDigits, tick } from './format.ts'
import { latencyOf, summaryOf, medianText } from './reading.ts'
import { cut } from './style-text.ts'

export type Setting = string | number | boolean

/** The paths that were varied, each with its values in order. */
export function dimensions(report: Report): readonly { readonly path: string; readonly values: readonly Setting[] }[] {
  return Object.entries(report.plan.scenario.vary ?? {}).map(([path, values]) => ({ path, values }))
}

/** One line a value of the second dimension, over the values of the first; bars of an interval at each point. */
export function gridChart(report: Report, workload: string, metric: string, id: string): Chart | undefined {
  const [first, second] = dimensions(report)
  if (first === undefined || first.values.length < 2) return undefined
  const lines = (second?.values.slice(0, 6) ?? [undefined]).map((value, i) => ({
    name: value === undefined || second === undefined ? metric : `${lastWord(second.path)} ${value}`,
    slot: slotOf(i),
    cells: first.values.map((x) => ({
      x,
      summary: gridCell(report, workload, metric, {
        [first.path]: x,
        ...(second === undefined || value === undefined ? {} : { [second.path]: value }),
      }),
    })),
  }))
  const known = lines.flatMap((l) => l.cells.flatMap(({ summary }) => summary ?? []))
  const heights = known.flatMap((s) => [s.median ?? 0, ...(s.interval ?? [])]).filter((v) => v > 0)
  const unit = known[0]?.unit
  if (heights.length < 2 || unit === undefined) return undefined
  const place = placeOf(first.values, lastWord(first.path))
  return {
    id,
    title: `${workload}: ${metric} by ${lastWord(first.path)}`,
    method: 'grid',
    x: { ...place.axis, name: first.path },
    y: logAxis(Math.min(...heights), Math.max(...heights), (v) => tick(v, unit)),
    shapes: lines.flatMap(({ slot, cells }) => shapesOf(slot, cells, place.at)),
    legend: lines.map(({ name, slot }) => ({ name, slot })),
    table: {
      along: 'x',
      head: [lastWord(first.path), ...lines.flatMap((l) => [l.name, 'interval'])],
      rows: first.values.map((x, i) => ({
        at: place.at(x),
        cells: [String(x), ...lines.flatMap(({ cells }) => medianAndRange(cells[i]?.summary))],
      })),
    },
    notes: [
      'Both axes are logarithmic; a point is the median over blocks, the bar its interval.',
      ...(dimensions(report).length > 2 ? ['Further dimensions are in the table of variants.'] : []),
    ],
  }
}

function shapesOf(
  slot: Slot,
  cells: readonly { readonly x: Setting; readonly summary: Summary | undefined }[],
  at: (value: Setting) => number,
): readonly Shape[] {
  const log = (v: number): number => Math.log10(Math.max(v, 1e-9))
  const points = cells.flatMap(({ x, summary }): Point[] =>
    summary?.median === undefined || summary.median <= 0 ? [] : [[at(x), log(summary.median)]],
  )
  return [
    { kind: 'line', slot, points },
    { kind: 'dots', slot, points },
    ...cells.flatMap(({ x, summary }): Shape[] =>
      summary?.interval === undefined || summary.interval[0] <= 0
        ? []
        : [{ kind: 'line', slot, points: summary.interval.map((v): Point => [at(x), log(v)]) }],
    ),
  ]
}

/** The summary of the first variant that has all these values. */
export function gridCell(
  report: Report,
  workload: string,
  metric: string,
  at: Readonly<Record<string, Setting>>,
): Summary | undefined {
  const variant = report.plan.variants.find(({ set }) =>
    Object.entries(at).every(([path, value]) => set[path] === value),
  )
  return variant === undefined ? undefined : summaryOf(report, workload, metric, variant.name)
}

function medianAndRange(summary: Summary | undefined): readonly string[] {
  return summary === undefined ? [absent, absent] : [medianText(summary), range(summary.interval, summary.unit)]
}

/** Positive numbers lie by their logarithm at their own ticks, all else in equal places. */
function placeOf(
  values: readonly Setting[],
  name: string,
): { readonly axis: Axis; readonly at: (value: Setting) => number } {
  const numbers = values.flatMap((v) => (typeof v === 'number' && v > 0 ? [v] : []))
  if (numbers.length < values.length) {
    return { axis: placesAxis(values.map((v) => cut(String(v), 14))), at: (value) => values.indexOf(value) }
  }
  const low = Math.log10(Math.min(...numbers))
  const high = Math.log10(Math.max(...numbers))
  const gap = (high - low) * 0.05
  const text = (v: number): string => (name === 'bytes' ? tick(v, 'B') : threeDigits(v))
  const spaced = numbers.filter((_, i) => numbers.length <= 6 || i % Math.ceil(numbers.length / 6) === 0)
  return {
    axis: { min: low - gap, max: high + gap, ticks: spaced.map((v) => ({ at: Math.log10(v), text: text(v) })) },
    at: (value) => Math.log10(Number(value)),
  }
}

export function lastWord(path: string): string {
  return path.split('.').at(-1) ?? path
}

interface LoadPoint {
  readonly variant: string
  readonly rate: number
  readonly low: number
  readonly high: number
}

/** p50 and p99 over the rate that was reached, where the rate was varied. */
export function loadChart(report: Report, workload: string, id: string): Chart | undefined {
  const rates = report.plan.variants.flatMap(({ set }) =>
    Object.entries(set).flatMap(([path, value]) => (path.endsWith('.perSecond') ? [`${path}=${value}`] : [])),
  )
  const rated = new Set(rates).size > 2
  const latency = latencyOf(report, workload)
  if (!rated || latency === undefined) return undefined
  const told = report.plan.variants.map(({ name }) => ({
    name,
    found: ['throughput', `${latency}.p50`, `${latency}.p99`].map((metric) =>
      summaryOf(report, workload, metric, name),
    ),
  }))
  // as in the table of a curve: what is the generator's own makes no knee of the server
  const own = told.filter(({ found }) => found.every((summary) => summary?.lagged !== true))
  const points = own
    .flatMap(({ name, found }): LoadPoint[] => {
      const [rate, low, high] = found.map((summary) => summary?.median)
      return rate === undefined || low === undefined || high === undefined ? [] : [{ variant: name, rate, low, high }]
    })
    .sort((a, b) => a.rate - b.rate)
  if (points.length < 3) return undefined
  const heights = points.flatMap((p) => [p.low, p.high])
  const knee = kneeOf(points.map(({ rate, high }) => ({ perSecond: rate, latencyNs: high })))
  const unit: Unit = 'msg/s'
  return {
    id,
    title: `${workload}: latency against load`,
    method: 'load',
    x: { ...unitAxis(points.at(-1)?.rate ?? 1, unit), name: 'rate reached' },
    y: logAxis(Math.min(...heights), Math.max(...heights), (v) => tick(v, 'ns')),
    shapes: [
      { kind: 'line', slot: 1, points: points.map((p) => [p.rate, Math.log10(p.low)] as const) },
      { kind: 'line', slot: 2, points: points.map((p) => [p.rate, Math.log10(p.high)] as const) },
      { kind: 'dots', slot: 2, points: points.map((p) => [p.rate, Math.log10(p.high)] as const) },
    ],
    ...(knee === undefined ? {} : { rule: knee.perSecond }),
    legend: [
      { slot: 1, name: 'p50' },
      { slot: 2, name: 'p99' },
    ],
    table: {
      along: 'x',
      head: ['rate reached', 'variant', 'p50', 'p99'],
      rows: points.map((p) => ({
        at: p.rate,
        cells: [quantity(p.rate, unit), p.variant, quantity(p.low, 'ns'), quantity(p.high, 'ns')],
      })),
    },
    notes: [
      knee === undefined
        ? 'No knee: p99 does not bend upwards.'
        : `Knee at ${quantity(knee.perSecond, unit)}: beyond it p99 climbs faster than the rate.`,
      ...(own.length < told.length
        ? [
            `Left out: ${count(told.length - own.length, 'variant')} whose latency is mostly the generator's own send lag.`,
          ]
        : []),
    ],
  }
}
