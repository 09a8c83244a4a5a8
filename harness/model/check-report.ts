/** What a regression check answers: printed, written for pull requests, JUnit, annotations. Public as `bench check --json`. */
import { z } from 'zod'
import { list } from './json.ts'
import { checkResult, finding, verdictSchema, type CheckRow, type Outcome } from './report.ts'

export type { CheckRow }

/** With its verdict: what is printed of a check. */
const toldCheck = checkResult.extend({
  scenario: z.string(),
  /** Checks, limits and health together; the worst wins. */
  verdict: verdictSchema,
  /** Remarks of the run's health: shown, and without effect on the verdict. */
  remarks: list(finding),
})

export const checkReportSchema = toldCheck.extend({
  schema: z.literal(1),
  /** Run folder of head, or of both. */
  folder: z.string(),
})

export type ToldCheck = Readonly<z.output<typeof toldCheck>>
export type CheckReport = Readonly<z.output<typeof checkReportSchema>>

/** The answer as people read it: an interval wholly on one side of no change is more than "cannot tell" and less than sure. */
export function answerWords({ answer, leans }: Pick<CheckRow, 'answer' | 'leans'>): string {
  return leans === undefined ? answer : `probably ${leans}, not yet sure`
}

/** What each answer makes of the verdict. */
export const answerOutcomes: Readonly<Record<CheckRow['answer'], Outcome>> = {
  worse: 'fail',
  'cannot tell': 'unknown',
  same: 'pass',
  better: 'pass',
}

/** `sub latency.p99`, with the point of the grid where there is one. */
export function nameOf({ workload, metric, point }: Pick<CheckRow, 'workload' | 'metric' | 'point'>): string {
  return [workload, metric, point].filter((part) => part !== '').join(' ')
}

export const outcomeWords: Readonly<Record<Outcome, string>> = { pass: 'PASS', unknown: 'CANNOT TELL', fail: 'FAIL' }
