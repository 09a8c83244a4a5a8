/** What a regression check answers: printed, written for pull requests, JUnit, annotations. Public as `bench check --json`. */
import type { CheckResult, CheckRow, Outcome, Verdict } from './report.ts'

export type { CheckRow }

/** With its verdict: what is printed of a check. */
export interface ToldCheck extends CheckResult {
  readonly scenario: string
  /** Checks, limits and health together; the worst wins. */
  readonly verdict: Verdict
}

export interface CheckReport extends ToldCheck {
  readonly schema: 1
  /** Run folder of head, or of both. */
  readonly folder: string
}

export const outcomeWords: Readonly<Record<Outcome, string>> = { pass: 'PASS', unknown: 'CANNOT TELL', fail: 'FAIL' }
