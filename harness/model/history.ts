/** One small file a run, from which the index of all runs and their trends are made. */
import type { Outcome, Report, Unit } from './report.ts'

export interface HistoryMetric {
  readonly workload: string
  readonly variant: string
  readonly metric: string
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly median: number
  readonly interval?: readonly [number, number]
}

export interface HistoryEntry {
  readonly schema: 1
  readonly run: string
  readonly at: string
  readonly scenario: string
  readonly substrate: string
  /** Host name and machine, such as `rock64 (FreeBSD 15.1-RELEASE arm64)`. */
  readonly host: string
  /** Of nats-server; several are joined by commas. */
  readonly version: string
  /** Plans with another digest are not of one trend. */
  readonly digest: string
  readonly state: Report['state']
  readonly outcome: Outcome
  readonly metrics: readonly HistoryMetric[]
  /** Path of report.html, relative to the index. */
  readonly link: string
}
