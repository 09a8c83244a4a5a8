/** What a regression check answers: printed, written for pull requests, JUnit, annotations. Public as `bench check --json`. */
import type { Outcome, Unit, Verdict } from './report.ts'

export interface CheckRow {
  readonly workload: string
  readonly metric: string
  /** Point of the scenario's grid, such as `bytes=16`; empty without one. */
  readonly point: string
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly answer: 'worse' | 'same' | 'better' | 'cannot tell'
  /** Medians over blocks. */
  readonly base?: number
  readonly head?: number
  /** head / base, or head − base for counts. */
  readonly change?: number
  readonly interval?: readonly [number, number]
  readonly confidence?: number
  readonly because: string
}

export interface CheckReport {
  readonly schema: 1
  readonly scenario: string
  /** `interleaved`: base and head in turn in one session. `baseline`: head against a stored run. */
  readonly kind: 'interleaved' | 'baseline'
  /** Versions, paths or the baseline's run, for people. */
  readonly base: string
  readonly head: string
  readonly pairs: number
  readonly rows: readonly CheckRow[]
  /** Checks, limits and health together; the worst wins. */
  readonly verdict: Verdict
  /** Run folder of head, or of both. */
  readonly folder: string
}

export const outcomeWords: Readonly<Record<Outcome, string>> = { pass: 'PASS', unknown: 'CANNOT TELL', fail: 'FAIL' }
