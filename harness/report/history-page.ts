/** How a metric went over all stored runs: series of one plan on one host, with their change points. */
import { change } from '../model/change.ts'
import type { HistoryEntry, HistoryMetric } from '../model/history.ts'
import { changePoints, type ChangePoint } from '../stats/change-points.ts'
import { quantity } from './format.ts'
import { heading, type Page } from './rows.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'
import { cut } from './style-text.ts'

export interface Series {
  /** Whole: scenario, metric, where, plan. */
  readonly name: string
  /** Workload and metric, and the variant where there are several. */
  readonly short: string
  readonly points: readonly { readonly entry: HistoryEntry; readonly metric: HistoryMetric }[]
  readonly changes: readonly ChangePoint[]
}

/** Oldest first. `most`: of the newest points, for change points cost the square of the length. */
export function seriesOf(
  entries: readonly HistoryEntry[],
  isWanted: (metric: HistoryMetric) => boolean,
  most = Infinity,
): readonly Series[] {
  const all = entries.flatMap((entry) => entry.metrics.filter(isWanted).map((metric) => ({ entry, metric })))
  const found = Map.groupBy(all, ({ entry, metric }) => {
    const variant = metric.variant === 'default' ? '' : ` ${metric.variant}`
    const { scenario, substrate, host, digest } = entry
    return `${scenario} ${metric.workload}${variant} ${metric.metric} on ${substrate}, ${host} [plan ${digest.slice(0, 8)}]`
  })
  return [...found].flatMap(ofOneUnit).map(([name, whole]) => {
    const points = whole.slice(-most)
    const { workload, metric, variant } = points[0]!.metric
    const short = `${workload} ${metric}${variant === 'default' ? '' : ` [${variant}]`}`
    return { name, short, points, changes: changePoints(points.map((point) => point.metric.median)) }
  })
}

/** What a later version of the harness gives in another unit is no change. */
function ofOneUnit([name, points]: [string, Series['points']]): (readonly [string, Series['points']])[] {
  const units = Map.groupBy(points, ({ metric }) => metric.unit)
  return [...units].map(([unit, own]) => [units.size === 1 ? name : `${name} in ${unit}`, own])
}

export function historyTerminal(series: readonly Series[], options: TerminalOptions): string {
  return terminalText(series.map(historyPage).flat(), options)
}

/** With its sign; of counts that were nothing before, such as losses, from what to what. */
function sizeOf({ before, after }: ChangePoint, unit: HistoryMetric['unit']): string {
  return before === 0 ? `from ${quantity(before, unit)} to ${quantity(after, unit)}` : change(after / before)
}

/** A longer version of one run must not take the room of all others. */
const mostVersion = 16

/** A row a run: when, which server, the median and a bar; the bar gives way where there is no room. */
function historyPage({ name, points, changes }: Series): Page {
  const most = Math.max(...points.map(({ metric }) => metric.median))
  const marks = points.map((_, index) => {
    const found = changes.find((point) => point.index === index)
    return found === undefined ? '' : `◀ change point (${sizeOf(found, points[0]!.metric.unit)})`
  })
  const bar = (row: number, room: number): string => {
    const value = points[row]?.metric.median ?? 0
    return value <= 0 ? '' : '█'.repeat(Math.max(1, Math.round(room * (value / most))))
  }
  return [
    [
      heading(1, name),
      {
        kind: 'table',
        label: name,
        columns: [
          { head: '', cells: points.map(({ entry }) => `${entry.at.slice(0, 16).replace('T', ' ')} UTC`) },
          { head: '', cells: points.map(({ entry }) => cut(entry.version, mostVersion)), left: true, weight: 2 },
          { head: '', cells: points.map(({ metric }) => quantity(metric.median, metric.unit)) },
          { head: '', cells: [], left: true, weight: 3, grows: { least: 4, most: 30, draw: bar } },
          ...(marks.every((mark) => mark === '') ? [] : [{ head: '', cells: marks, left: true, weight: 1 }]),
        ],
      },
    ],
  ]
}
