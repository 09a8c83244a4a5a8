/** What a report has of one metric of one workload, in one variant. */
import type { Report, Summary } from '../model/report.ts'

export function summaryOf(
  { summaries }: Pick<Report, 'summaries'>,
  workload: string,
  metric: string,
  variant: string,
): Summary | undefined {
  return summaries.find((s) => s.workload === workload && s.metric === metric && s.variant === variant)
}

/** Blocks that have a row of it: those that failed have none. */
export function blocksOf(
  { measurements }: Pick<Report, 'measurements'>,
  workload: string,
  metric: string,
  variant: string,
): number {
  const row = measurements.find((m) => m.workload === workload && m.metric === metric)
  return row?.values.filter((value) => value.variant === variant).length ?? 0
}
