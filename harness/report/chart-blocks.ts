/** Every block as a dot: how steady the medians are, and who used how much CPU. */
import type { Report, Summary } from '../model/report.ts'
import { fromZero, placesAxis, unitAxis } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, Point, Shape } from './chart.ts'
import { absent, quantity, range, threeDigits } from './format.ts'
import { latencyOf, variantNames, workloadNames } from './reading.ts'
import { cutMiddle } from './style-text.ts'

interface Row {
  readonly summary: Summary
  readonly values: readonly { readonly block: number; readonly value: number }[]
  readonly name: string
}

const mostRows = 24

/** One row a metric (or, with variants, a variant): dots are blocks relative to their median, the line is its interval. */
export function steadinessChart(report: Report, id: string): Chart | undefined {
  const rows = rowsOf(report)
  const drawn = rows.slice(0, mostRows)
  const spreads = drawn.flatMap((r) => r.values.map(({ value }) => value / (r.summary.median ?? value)))
  if (drawn.length === 0 || Math.max(...drawn.map((r) => r.values.length)) < 2) return undefined
  const far = Math.max(0.02, ...spreads.map((s) => Math.abs(Math.min(3, s) - 1))) * 1.1
  const half = fromZero(far, () => '').max
  const ticks = [-half, -half / 2, 0, half / 2, half].map((at) => ({ at, text: percentText(at) }))
  const relative = (row: Row, value: number): number =>
    Math.max(-half, Math.min(half, value / (row.summary.median ?? value) - 1))
  return {
    id,
    title: 'Every block around its median',
    method: 'block',
    height: 60 + drawn.length * 22,
    x: { min: -half, max: half, ticks },
    y: placesAxis(drawn.map((r) => cutMiddle(r.name, 22))),
    rule: 0,
    shapes: [
      ...drawn.flatMap((row, i): Shape[] =>
        row.summary.interval === undefined
          ? []
          : [{ kind: 'line', slot: 1, points: row.summary.interval.map((v): Point => [relative(row, v), i]) }],
      ),
      {
        kind: 'dots',
        slot: 2,
        points: drawn.flatMap((row, i) => row.values.map(({ value }): Point => [relative(row, value), i])),
      },
    ],
    legend: [
      { slot: 2, name: 'one block' },
      { slot: 1, name: 'interval of the median' },
    ],
    table: {
      along: 'y',
      head: ['what', 'median', 'interval', 'blocks, in order'],
      rows: drawn.map((row, at) => ({
        at,
        cells: [
          row.name,
          quantity(row.summary.median, row.summary.unit),
          range(row.summary.interval, row.summary.unit),
          row.values.map(({ value }) => quantity(value, row.summary.unit)).join(', '),
        ],
      })),
    },
    ...(rows.length > drawn.length
      ? { notes: [`${drawn.length} of ${rows.length} rows; the others are in the table of blocks.`] }
      : {}),
  }
}

function percentText(share: number): string {
  return share === 0 ? 'median' : `${share > 0 ? '+' : '−'}${threeDigits(Math.abs(share) * 100)} %`
}

function rowsOf(report: Report): readonly Row[] {
  const variants = variantNames(report)
  return workloadNames(report).flatMap((workload) => {
    const latency = latencyOf(report, workload)
    const metrics =
      variants.length === 1
        ? [
            'throughput',
            ...(latency === undefined ? [] : ['p50', 'p99', 'p99.9'].map((q) => `${latency}.${q}`)),
            'cpu.perMessage',
          ]
        : [latency === undefined ? 'throughput' : `${latency}.p50`]
    return metrics.flatMap((metric) =>
      variants.flatMap((variant) => rowOf(report, workload, metric, variant, variants.length > 1)),
    )
  })
}

function rowOf(report: Report, workload: string, metric: string, variant: string, several: boolean): readonly Row[] {
  const summary = report.summaries.find((s) => s.workload === workload && s.metric === metric && s.variant === variant)
  const measurement = report.measurements.find((m) => m.workload === workload && m.metric === metric)
  if (summary?.median === undefined || summary.median === 0 || measurement === undefined) return []
  const values = measurement.values
    .filter((v) => v.variant === variant)
    .flatMap(({ block, value }) => (value === undefined ? [] : [{ block, value }]))
  return [{ summary, values, name: several ? `${workload} ${metric} ${variant}` : `${workload} ${metric}` }]
}

/** Median CPU of each node, one bar a variant. */
export function cpuChart(report: Report, id: string): Chart | undefined {
  const variants = variantNames(report).slice(0, mostRows)
  const nodes = report.plan.nodes.map((n) => n.name).filter((name) => report.nodes.some((c) => c.node === name))
  if (nodes.length === 0) return undefined
  const groups = report.plan.nodes.length > 6 ? [...new Set(report.plan.nodes.map((n) => n.group))] : nodes
  const membersOf = (name: string): readonly string[] =>
    groups === nodes ? [name] : report.plan.nodes.filter((n) => n.group === name).map((n) => n.name)
  const share = (name: string, variant: string): number =>
    report.nodes
      .filter((c) => membersOf(name).includes(c.node) && c.variant === variant)
      .reduce((sum, c) => sum + c.cpuShare, 0)
  const sums = variants.map((v) => groups.reduce((sum, g) => sum + share(g, v), 0))
  return {
    id,
    title: 'CPU by node',
    method: 'cpu',
    height: 64 + variants.length * 26,
    x: unitAxis(Math.max(...sums), 'share'),
    y: placesAxis(variants.map((v) => cutMiddle(v, 22))),
    shapes: groups.map((g, i): Shape => ({
      kind: 'bars',
      slot: slotOf(i),
      points: variants.map((v, at): Point => [share(g, v), at]),
    })),
    legend: groups.map((g, i) => ({ slot: slotOf(i), name: g })),
    table: {
      along: 'y',
      head: ['variant', ...groups, 'together'],
      rows: variants.map((v, at) => ({
        at,
        cells: [
          v,
          ...groups.map((g) => (share(g, v) === 0 ? absent : quantity(share(g, v), 'share'))),
          quantity(sums[at], 'share'),
        ],
      })),
    },
    notes: ['100 % is one core. Medians over blocks.'],
  }
}
