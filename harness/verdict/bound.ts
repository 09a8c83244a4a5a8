/** The one rule of three answers: by which side of a bound an interval lies on, and whose the number is. */
import type { Outcome, Summary } from '../model/report.ts'

/** Pass where the whole interval keeps the bound, fail where nothing of it does, else nobody can tell. An exact number is both ends. */
export function sided(ends: readonly [number, number], isKept: (value: number) => boolean): Outcome {
  const kept = ends.map(isKept)
  if (kept.every(Boolean)) return 'pass'
  return kept.some(Boolean) ? 'unknown' : 'fail'
}

/**
 * A percentile that is the generator's lag fails nobody: the server's own is lower by what nobody knows. Where it holds an
 * upper limit all the same, the server's own holds it too.
 */
export function isOfGenerator(row: Pick<Summary, 'lagged'> | undefined, outcome: Outcome): boolean {
  return row?.lagged === true && outcome !== 'pass'
}

/** What is said of it. */
export const lagWords =
  "more than half of it is the generator's own send lag, not the server's. Lower the rate or free a core"

/** Blocks that may leave the bound outside of the interval. */
export const moreBlocks = (blocks: number): number => Math.max(6, blocks * 2)
