/** What a matcher finds: one of three answers, and the evidence for it. */
import { BenchError } from '../model/error.ts'
import type { Outcome, Report } from '../model/report.ts'
import { sided } from '../verdict/bound.ts'
import { worst } from '../verdict/judge.ts'

export interface Judged {
  readonly outcome: Outcome
  /** What was seen, a line for each workload. */
  readonly lines: readonly string[]
}

/** The worst answer counts. Without any part the answer is unknown, never pass. */
export function together(parts: readonly Judged[], nothing: string): Judged {
  if (parts.length === 0) return { outcome: 'unknown', lines: [nothing] }
  return { outcome: worst(parts.map(({ outcome }) => outcome)), lines: parts.flatMap(({ lines }) => lines) }
}

/** The answer by the side of the bound on which the interval lies; `next` says what to do where it lies on both sides. */
export function sidedJudged(
  ends: readonly [number, number],
  isKept: (value: number) => boolean,
  seen: string,
  next: () => string,
): Judged {
  const outcome = sided(ends, isKept)
  return { outcome, lines: [outcome === 'unknown' ? `${seen}; ${next()}` : seen] }
}

/** A report of a run that did not end normally proves nothing, whatever its numbers are. */
export function ofWhole(report: Report, judge: () => Judged): Judged {
  if (report.state === 'complete') return judge()
  return { outcome: 'unknown', lines: [`the run was ${report.state}: ${report.because ?? 'no reason recorded'}`] }
}

/** Throws `usage` for a workload that the report does not have: a misspelt name must not pass. */
export function checkWorkload(report: Report, workload: string | undefined): void {
  const known = report.plan.scenario.workloads.map(({ name }) => name)
  if (workload === undefined || known.includes(workload)) return
  throw new BenchError('usage', `workload must be one of ${known.join(', ')}, got ${JSON.stringify(workload)}`)
}

/** Name of the workload, with the variant where there are several. */
export function label(report: Report, workload: string, variant: string): string {
  return report.plan.variants.length > 1 ? `${workload} [${variant}]` : workload
}
