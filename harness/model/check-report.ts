/** What a regression check answers: printed, written for pull requests, JUnit, annotations. Public as `bench check --json`. */
import type { CheckResult, CheckRow, Finding, Outcome, Verdict } from './report.ts'

export type { CheckRow }

/** With its verdict: what is printed of a check. */
export interface ToldCheck extends CheckResult {
  readonly scenario: string
  /** Checks, limits and health together; the worst wins. */
  readonly verdict: Verdict
  /** Of the run's health: to be known, and held against nothing. */
  readonly remarks: readonly Finding[]
}

export interface CheckReport extends ToldCheck {
  readonly schema: 1
  /** Run folder of head, or of both. */
  readonly folder: string
}

/** The answer as people read it: an interval wholly on one side of no change is more than "cannot tell" and less than sure. */
export function answerWords({ answer, leans }: Pick<CheckRow, 'answer' | 'leans'>): string {
  return leans === undefined ? answer : `probably ${leans}, not yet sure`
}

export const outcomeWords: Readonly<Record<Outcome, string>> = { pass: 'PASS', unknown: 'CANNOT TELL', fail: 'FAIL' }
