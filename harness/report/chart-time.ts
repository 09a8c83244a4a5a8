/** Numbers over time, with warm-up, faults and garbage collections shaded. */
import { byNumber, count } from '../model/count.ts'
import { isMainTime, timeFacts } from '../model/kinds/kind.ts'
import { metrics } from '../model/metric.ts'
import type { Report, Series, Unit } from '../model/report.ts'
import { median } from '../stats/order.ts'
import { logAxis, timeAxis, unitAxis } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, Point, Shape, Slot } from './chart.ts'
import { mostVariants } from './chart-percentiles.ts'
import { absent, quantity, secondsText, tick } from './format.ts'
import { spread, variantNames } from './reading.ts'
import { marksText, shadesOf } from './shades.ts'

interface Line {
  readonly name: string
  readonly slot: Slot
  readonly dash?: 'dashed'
  readonly points: readonly Point[]
}

const mostPoints = 160
const mostBlocks = 6
const gapSlot = 6

export function throughputChart(report: Report, workload: string, id: string): Chart | undefined {
  const lines = linesOf(report, workload, 'throughput')
  const chart = chartOf(report, lines, 'msg/s', false, {
    id,
    title: `${workload}: throughput over time`,
    method: 'time',
  })
  return withGaps(report, workload, chart)
}

/** p50 solid and p99 dashed; `name` is latency, rtt or sendLag. */
export function latencyChart(report: Report, workload: string, name: string, id: string): Chart | undefined {
  const lines = ['p50', 'p99'].flatMap((q) =>
    linesOf(report, workload, `${name}.${q}`).map((line): Line => ({
      ...line,
      name: `${q} ${line.name}`.trim(),
      ...(q === 'p99' ? { dash: 'dashed' as const } : {}),
    })),
  )
  const title = `${workload}: ${name === 'sendLag' ? 'send lag' : isMainTime(name) ? timeFacts[name].one : 'latency'} over time`
  const chart = chartOf(report, lines, 'ns', true, { id, title, method: name === 'sendLag' ? 'lag' : 'time' })
  return withGaps(report, workload, chart)
}

/** Messages that a consumer had not acknowledged, each second as its leader said. */
export function consumerLagChart(report: Report, workload: string, id: string): Chart | undefined {
  const lines = linesOf(report, workload, 'consumerLag')
  const method = metrics['consumerLag']?.method.id ?? 'time'
  return chartOf(report, lines, 'count', false, { id, title: `${workload}: consumer lag over time`, method })
}

/** CPU of the nodes on top of each other, in shares of one core; the middle one of the blocks at every second. */
export function cpuTimeChart(report: Report, id: string): Chart | undefined {
  const [variant] = report.plan.variants
  if (variant === undefined || report.plan.variants.length !== 1) return undefined
  const nodes = report.plan.nodes.map((n) => n.name).filter((name) => seriesOf(report, name, 'cpu').length > 0)
  const shown = nodes.slice(0, mostBlocks)
  const lines = shown.map((node, i): Line => ({
    name: node,
    slot: slotOf(i),
    points: middle(seriesOf(report, node, 'cpu')),
  }))
  // stacked areas need the same seconds in every line
  const shortest = lines.toSorted((a, b) => a.points.length - b.points.length)[0]?.points ?? []
  const length = shortest.length
  if (length < 2) return undefined
  const even = lines.map((l) => ({ ...l, points: shortest.map(([at]): Point => [at, nearest(l.points, at)]) }))
  const top = Math.max(...Array.from({ length }, (_, i) => even.reduce((sum, l) => sum + (l.points[i]?.[1] ?? 0), 0)))
  const rest = nodes.length - shown.length
  const base = chartOf(report, even, 'share', false, { id, title: 'CPU by node over time, stacked', method: 'cpu' })
  if (base === undefined) return undefined
  return {
    ...base,
    y: unitAxis(top, 'share'),
    shapes: even.map((l): Shape => ({ kind: 'area', stack: true, slot: l.slot, points: l.points })),
    notes: [
      '100 % is one core.',
      ...(rest > 0 ? [`${count(rest, 'further node')} ${byNumber(rest, 'is', 'are')} in the table of nodes.`] : []),
    ],
  }
}

function seriesOf(report: Report, of: string, metric: string): readonly Series[] {
  return report.series.filter((s) => s.of === of && s.metric === metric && s.points.length > 1)
}

/** A line a block while they can be told apart, else the middle of each variant's blocks. */
function linesOf(report: Report, of: string, metric: string): readonly Line[] {
  const all = seriesOf(report, of, metric)
  const variants = variantNames(report)
  if (variants.length === 1 && all.length <= mostBlocks) {
    return all.map((s, i) => ({
      name: all.length === 1 ? '' : `block ${s.block + 1}`,
      slot: slotOf(i),
      points: s.points,
    }))
  }
  return spread(variants, mostVariants).flatMap((variant, i) => {
    const points = middle(all.filter((s) => s.variant === variant))
    return points.length < 2
      ? []
      : [{ name: variants.length === 1 ? 'median of blocks' : variant, slot: slotOf(i), points }]
  })
}

/** Median over the blocks, bin by bin: a bin without a number in one block must not move what follows it. */
function middle(all: readonly Series[]): readonly Point[] {
  const longest = all.toSorted((a, b) => b.points.length - a.points.length)[0]?.points ?? []
  const [first] = longest[0] ?? [0]
  const step = stepOf(longest) ?? 1
  const bins = Map.groupBy(
    all.flatMap(({ points }) => points),
    ([at]) => Math.round((at - first) / step),
  )
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([, points]) => [median(points.map(([at]) => at)) ?? 0, median(points.map(([, value]) => value)) ?? 0])
}

function nearest(points: readonly Point[], at: number): number {
  return points.reduce((best, each) => (Math.abs(each[0] - at) < Math.abs(best[0] - at) ? each : best))[1]
}

/** The usual distance of two points. */
function stepOf(points: readonly Point[]): number | undefined {
  return median(points.slice(1).map(([at], i) => at - (points[i]?.[0] ?? at)))
}

function chartOf(
  report: Report,
  lines: readonly Line[],
  unit: Unit,
  log: boolean,
  about: Pick<Chart, 'id' | 'title' | 'method'>,
): Chart | undefined {
  const thin = lines.map((line) => ({ ...line, points: thinned(line.points, log) })).filter((l) => l.points.length > 1)
  if (thin.length === 0) return undefined
  const values = thin.flatMap((l) => l.points.map(([, v]) => v))
  const end = Math.max(...thin.flatMap((l) => l.points.map(([at]) => at)))
  const drawn = (value: number): number => (log ? Math.log10(Math.max(1, value)) : value)
  const times = [...new Set(thin.flatMap((l) => l.points.map(([at]) => Math.round(at * 10) / 10)))].sort(
    (a, b) => a - b,
  )
  const lookup = thin.map((l) => new Map(l.points.map(([at, v]) => [Math.round(at * 10) / 10, v])))
  const fewer = lines.some((l) => l.points.length > mostPoints)
  return {
    ...about,
    x: timeAxis(end),
    y: log
      ? logAxis(Math.max(1, Math.min(...values)), Math.max(...values), (v) => tick(v, unit))
      : unitAxis(Math.max(...values), unit),
    shapes: thin.flatMap((l) =>
      runsOf(l.points.map(([at, v]): Point => [at, drawn(v)])).map((points): Shape =>
        points.length === 1
          ? { kind: 'dots', slot: l.slot, size: 3, points }
          : { kind: 'line', slot: l.slot, ...(l.dash === undefined ? {} : { dash: l.dash }), points },
      ),
    ),
    shades: shadesOf(report, end),
    legend: thin.map((l) => ({
      slot: l.slot,
      name: l.name === '' ? 'measured' : l.name,
      ...(l.dash === undefined ? {} : { dash: l.dash }),
    })),
    table: {
      along: 'x',
      head: ['time', ...thin.map((l) => (l.name === '' ? 'measured' : l.name))],
      rows: times.map((at) => ({
        at,
        cells: [secondsText(at), ...lookup.map((m) => (m.has(at) ? quantity(m.get(at), unit) : absent))],
      })),
    },
    notes: [
      ...marksText(report, end),
      ...(fewer ? [`Drawn with at most ${mostPoints} points; report.json has all.`] : []),
    ],
  }
}

/** Times without messages that faults made, as a thick line at the foot: in the colour of their block where blocks have one. */
function withGaps(report: Report, workload: string, chart: Chart | undefined): Chart | undefined {
  const gaps = (report.faults ?? []).flatMap(({ workload: of, gap }) =>
    of === workload && gap !== undefined ? [gap] : [],
  )
  if (chart === undefined || gaps.length === 0) return chart
  const { min, max } = chart.y
  const foot = min + (max - min) * 0.015
  const shapes = gaps.map(([from, to]): Shape => ({
    kind: 'line',
    slot: gapSlot,
    thick: true,
    points: [
      [from, foot],
      [Math.min(to, chart.x.max), foot],
    ],
  }))
  return {
    ...chart,
    shapes: [...chart.shapes, ...shapes],
    legend: [...chart.legend, { slot: gapSlot, name: 'nothing came' }],
  }
}

/** Where nothing was measured for longer than two steps no line is drawn: it would show numbers that there were not. */
function runsOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const steps = points.slice(1).map(([at], i) => at - (points[i]?.[0] ?? at))
  const step = stepOf(points) ?? 0
  const breaks = steps.flatMap((each, i) => (each > 2.01 * step ? [i + 1] : []))
  return [0, ...breaks].map((from, i) => points.slice(from, breaks[i] ?? points.length))
}

/** Neighbours become one point: the mean of rates, the worst of latencies. */
function thinned(points: readonly Point[], worst: boolean): readonly Point[] {
  if (points.length <= mostPoints) return points
  return Array.from({ length: mostPoints }, (_, i): Point => {
    const part = points.slice(
      Math.floor((i * points.length) / mostPoints),
      Math.floor(((i + 1) * points.length) / mostPoints),
    )
    const values = part.map(([, v]) => v)
    const value = worst ? Math.max(...values) : values.reduce((sum, v) => sum + v, 0) / values.length
    return [part.at(-1)?.[0] ?? 0, value]
  })
}
