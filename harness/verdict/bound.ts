/** The rule behind the three answers: on which side of a bound an interval lies, and whether the number is the server's. */
import { byNumber, count } from '../model/count.ts'
import type { Outcome, Report, Summary } from '../model/report.ts'

/** Pass where the whole interval keeps the bound, fail where no part of it does, else unknown. For an exact number both ends are equal. */
export function sided(ends: readonly [number, number], isKept: (value: number) => boolean): Outcome {
  const kept = ends.map(isKept)
  if (kept.every(Boolean)) return 'pass'
  return kept.some(Boolean) ? 'unknown' : 'fail'
}

/** A count holds for a variant only where each of its blocks has one: else the words that say so. `told`: the blocks that have one. */
export function blocksWithout({ plan }: Pick<Report, 'plan'>, variant: string, told: number): string | undefined {
  const missing = plan.blocks.filter((block) => block.variant === variant).length - told
  return missing <= 0 ? undefined : `${count(missing, 'block')} ${byNumber(missing, 'has', 'have')} no value`
}

/**
 * A percentile that is mostly the generator's lag cannot fail: the server's own time is lower, by an unknown part. Where it keeps an
 * upper limit in spite of that, the server's own time keeps it too.
 */
export function isOfGenerator(row: Pick<Summary, 'lagged'> | undefined, outcome: Outcome): boolean {
  return row?.lagged === true && outcome !== 'pass'
}

/** The words for such a percentile. */
export const lagWords =
  "more than half of it is the generator's own send lag, not the server's. Lower the rate or free a core"

/** A number of blocks that may be enough to narrow the interval so that the bound is outside of it. */
export const moreBlocks = (blocks: number): number => Math.max(6, blocks * 2)
