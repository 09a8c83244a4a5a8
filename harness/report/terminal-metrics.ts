/** One workload of a scenario without variants: a row for each metric, with its interval and its way through time. */
import { isShown, metricNamed } from '../model/metric.ts'
import type { Summary } from '../model/report.ts'
import {
  confidenceText,
  floorOf,
  latencyOf,
  medianText,
  metricNames,
  summaryOf,
  variantNames,
  workloadText,
} from './reading.ts'
import { range } from './format.ts'
import { percentilePlot } from './terminal-percentiles.ts'
import { sparkline } from './plot-text.ts'
import { cut, padEnd, padStart, tame, width } from './style-text.ts'
import type { Page } from './terminal.ts'

interface Row {
  readonly label: string
  readonly summary: Summary
  /** Values over time, all blocks one after the other. */
  readonly course: readonly number[]
}

export function metricTable({ report, columns, say }: Page, workload: string): readonly string[] {
  const variant = variantNames(report)[0] ?? 'default'
  const latency = latencyOf(report, workload)
  const named = metricNames(report, workload).filter((m) => isShown('first', m))
  const floors = latency === undefined ? [] : ['p50', 'p99'].map((q) => floorOf(report, workload, q, variant))
  const own = named
    .filter((m) => !m.startsWith('floor.'))
    .flatMap((m) => summaryOf(report, workload, m, variant) ?? [])
    // a tail that is not told has its reason below the tables
    .filter((s) => s.median !== undefined || !/\.p99\.99$/.test(s.metric))
  const rows = own.filter((s) => s.unit !== 'count')
  const counted = own.filter((s) => s.unit === 'count').map((s) => `${medianText(s)} ${metricLabel(s.metric)}`)
  const at = rows.findLastIndex((s) => s.metric.startsWith(`${latency ?? '-'}.`)) + 1
  const found = floors.flatMap((f) => f ?? [])
  const all: readonly Row[] = [...rows.slice(0, at), ...found, ...rows.slice(at)].map((summary) => ({
    label: `${metricLabel(summary.metric)}${fewerBlocks(summary, own)}`,
    summary,
    course: course(report, workload, summary.metric, variant),
  }))
  const spec = report.plan.scenario.workloads.find((w) => w.name === workload)
  const about = spec === undefined ? '' : `  ${tame(workloadText(spec, report))}`
  const title = `  ${say('bold', tame(workload))}${say('dim', cut(about, columns - 2 - width(workload)))}`
  if (all.length + counted.length === 0) return [title, say('dim', '    no numbers were measured')]
  const plot = latency === undefined ? [] : percentilePlot(report, workload, latency, variant, columns)
  const counts = counted.length > 0 ? [`    ${counted.join(', ')}`] : []
  return [
    title,
    ...lines(all, columns, say),
    ...counts,
    ...(plot.length > 0 ? ['', ...plot.map((l) => say('dim', l))] : []),
  ]
}

function lines(rows: readonly Row[], columns: number, say: Page['say']): readonly string[] {
  const medians = rows.map((r) => medianText(r.summary))
  const intervals = rows.map((r) => range(r.summary.interval, r.summary.unit))
  const extremes = rows.map(({ summary: { min, max, unit } }) =>
    min === undefined || max === undefined ? '–' : range([min, max], unit),
  )
  const confidence = confidenceText(rows.map((r) => r.summary))
  const heads = {
    median: 'median',
    interval: confidence === undefined ? 'interval' : `${confidence} interval`,
    extremes: 'min … max',
    course: 'over time',
  }
  const medianRoom = Math.max(heads.median.length, ...medians.map(width))
  const labelRoom = Math.min(columns - medianRoom - 6, Math.max(0, ...rows.map((r) => width(r.label))))
  const intervalRoom = Math.max(heads.interval.length, ...intervals.map(width))
  const extremesRoom = Math.max(heads.extremes.length, ...extremes.map(width))
  const used = 4 + labelRoom + 2 + medianRoom + 2 + intervalRoom
  // of few blocks the interval is from the least to the most: said once
  const wider = rows.some((_, i) => extremes[i] !== intervals[i])
  const roomy = wider && used + 2 + extremesRoom + 2 + 16 <= columns
  const courseRoom = Math.min(40, columns - used - 2 - (roomy ? extremesRoom + 2 : 0))
  const line = (label: string, median: string, interval: string, extreme: string, drawn: string): string =>
    [
      '  ',
      padEnd(cut(label, labelRoom), labelRoom),
      say('bold', padStart(median, medianRoom)),
      ...(used <= columns ? [padEnd(interval, intervalRoom)] : []),
      ...(roomy ? [say('dim', padEnd(extreme, extremesRoom))] : []),
      ...(courseRoom >= 9 ? [say('cyan', drawn)] : []),
    ]
      .join('  ')
      .trimEnd()
  const head = line(
    '',
    heads.median,
    heads.interval,
    heads.extremes,
    rows.some((r) => r.course.length > 0) ? heads.course : '',
  )
  return [
    say('dim', head),
    ...rows.map((row, i) =>
      line(row.label, medians[i] ?? '', intervals[i] ?? '', extremes[i] ?? '', sparkline(row.course, courseRoom)),
    ),
  ]
}

/**
 * ` (1 of 2 blocks)` where fewer blocks had samples enough for this quantile than for others of its time: its median is then over
 * other blocks, and may be below that of a lower quantile.
 */
function fewerBlocks({ metric, blocks }: Summary, all: readonly Summary[]): string {
  const family = `${metric.split('.')[0] ?? ''}.`
  const most = Math.max(blocks, ...all.filter((s) => s.metric.startsWith(family)).map((s) => s.blocks))
  return blocks < most && blocks > 0 ? ` (${blocks} of ${most} blocks)` : ''
}

export function metricLabel(metric: string): string {
  return metricNamed(metric)?.label ?? metric
}

function course(report: Page['report'], of: string, metric: string, variant: string): readonly number[] {
  return report.series
    .filter((s) => s.of === of && s.metric === metric && s.variant === variant)
    .flatMap((s) => s.points.map(([, value]) => value))
}
