/** The metrics by their full names, `throughput` or `latency.p99`: what limits, reports, comparison, check and exports ask. */
import type { KindFacts } from './kinds/kind.ts'
import type { Job, Workload } from './kinds/kinds.ts'
import { quantiles, type Measured, type Told, type View } from './metric-entry.ts'
import { table } from './metric-table.ts'
import type { Method } from './methods.ts'
import type { HistogramName } from './recording.ts'
import type { Unit } from './report.ts'

export { quantiles } from './metric-entry.ts'
export type { Measured, QuantileName } from './metric-entry.ts'

export interface MetricFacts {
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly about: string
  /** `send lag p99`. */
  readonly label: string
  /** Place among the metrics where they are shown. */
  readonly rank: number
  readonly method: Method
  readonly stamped: boolean
  readonly openOnly: boolean
  /** Do workloads of this kind have it? `floor`: the echo beside them. */
  readonly of: (kind: KindFacts<Workload, Job> | 'floor') => boolean
  /** Undefined for the quantiles of times, which are read from their histogram. */
  readonly value: ((measured: Measured) => number | undefined) | undefined
  readonly views: ReadonlySet<View>
}

const told = [...Object.keys(quantiles), 'max'] as Told[]
const entries = Object.entries(table)

const all = entries.flatMap(([name, entry], rank): readonly (readonly [string, MetricFacts])[] => {
  const { label, about, method, stamped = false } = entry
  const shared = { rank, method, stamped }
  if ('value' in entry) {
    const of: MetricFacts['of'] = (kind) => kind !== 'floor' && entry.of(kind)
    const { unit, better, value } = entry
    return [[name, { ...shared, unit, better, about, label, openOnly: false, of, value, views: new Set(entry.views) }]]
  }
  const { histogram, openOnly = false } = entry
  const of: MetricFacts['of'] = (kind) =>
    kind === 'floor' ? histogram === 'floor' : kind.histograms.includes(histogram)
  const time = { ...shared, unit: 'ns', better: 'lower', openOnly, of, value: undefined } as const
  return told.map((each) => {
    const views = Object.entries(entry.views) as [View, readonly Told[]][]
    const shown = new Set(views.filter(([, list]) => list.includes(each)).map(([view]) => view))
    return [`${name}.${each}`, { ...time, about: `${about}, ${each}`, label: `${label} ${each}`, views: shown }]
  })
})

/** By full name; numbers of a block first, as reports list them, then times. */
export const metrics: Readonly<Record<string, MetricFacts>> = Object.fromEntries([
  ...all.filter(([, { value }]) => value !== undefined),
  ...all.filter(([, { value }]) => value === undefined),
])

/** The name of the metrics that a histogram of an agent becomes: what it calls `lag` is the `sendLag` of its workload. */
export function familyOf(histogram: HistogramName): string {
  return entries.find(([, entry]) => 'histogram' in entry && entry.histogram === histogram)?.[0] ?? histogram
}

/** The histogram that the quantiles of a family are read from. */
export function histogramNamed(family: string): string {
  const entry = Object.hasOwn(table, family) ? table[family] : undefined
  return entry !== undefined && 'histogram' in entry ? entry.histogram : family
}

/** Undefined for a name that is not in the table, such as that of a report made elsewhere. */
export function metricNamed(name: string): MetricFacts | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined
}

/** Is the metric among those of a view? */
export function isShown(view: View, metric: string): boolean {
  return metricNamed(metric)?.views.has(view) === true
}

/** Those of a view, in the order in which they are shown. */
export function metricsOf(view: View): readonly string[] {
  return all.filter(([, { views }]) => views.has(view)).map(([name]) => name)
}

const names = (of: (entry: (typeof entries)[number][1]) => boolean) =>
  entries.flatMap(([name, entry]) => (of(entry) ? [name] : [])).join(', ')

/** All names in one line: `throughput, ..., late; latency, service, ... each with p50, ... or max`. */
export const metricWords = [
  names((entry) => 'value' in entry),
  `${names((entry) => !('value' in entry))}, each with ${Object.keys(quantiles).join(', ')} or max, as latency.p99`,
].join('; ')
