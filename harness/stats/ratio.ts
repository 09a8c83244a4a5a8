/** A shift of logarithms as a ratio: 2 and 1/2 are equally far from 1. */
import type { Ratio } from '../model/comparison.ts'
import type { Shift } from './signed-rank.ts'

/**
 * `shiftAt` gives the shift with the interval of a wanted confidence. Few blocks cannot reach the first: then the best of those
 * wanted that they can, and the ratio says which. Undefined where there is no shift at all.
 */
export function ratioAt(
  shiftAt: (confidence: number) => Shift | undefined,
  wanted: readonly number[],
): Ratio | undefined {
  const tried = wanted.map(shiftAt)
  const found = tried.find((shift) => shift?.interval !== undefined) ?? tried[0]
  if (found === undefined) return undefined
  const { estimate, interval, confidence } = found
  return {
    value: Math.exp(estimate),
    ...(interval === undefined ? {} : { interval: [Math.exp(interval[0]), Math.exp(interval[1])] as const }),
    ...(confidence === undefined ? {} : { confidence }),
  }
}
