/**
 * Two runs that were not interleaved: Hodges–Lehmann shift of the second against the first, with its interval from the
 * exact Mann–Whitney distribution (Hollander, Wolfe and Chicken §4.1 to §4.3; recurrence of Mann and Whitney 1947).
 */
import { normalQuantile } from './distribution.ts'
import { median, rankWithin, sorted } from './order.ts'
import { labelShuffle } from './permutation.ts'
import type { Permuted, PermutationOptions } from './permutation.ts'
import type { Shift } from './signed-rank.ts'

const mostExact = 40

export interface TwoSample extends Shift {
  readonly permutation: Permuted
}

/** Undefined where either side has no values. Positive: the second sample is higher. */
export function twoSampleShift(
  a: readonly number[],
  b: readonly number[],
  confidence: number,
  options: PermutationOptions = {},
): TwoSample | undefined {
  const gaps = sorted(b.flatMap((y) => a.map((x) => y - x)))
  const estimate = median(gaps)
  if (estimate === undefined) return undefined
  const permutation = labelShuffle(a, b, options)
  const { rank, tail } = boundRank(a.length, b.length, (1 - confidence) / 2)
  const low = gaps[rank - 1]
  const high = gaps[gaps.length - rank]
  if (low === undefined || high === undefined) return { estimate, permutation }
  return { estimate, permutation, interval: [low, high], confidence: 1 - 2 * tail }
}

/** The smallest p-value, of one side, that so many values on each side can reach: 1 / C(a + b, a). */
export function rarestSplit(a: number, b: number): number {
  return Array.from({ length: a }, (_, i) => (i + 1) / (b + i + 1)).reduce((product, share) => product * share, 1)
}

/** The largest k with P(U ≤ k − 1) ≤ tail. */
function boundRank(m: number, n: number, tail: number): { readonly rank: number; readonly tail: number } {
  if (m > mostExact || n > mostExact) {
    const spread = Math.sqrt((m * n * (m + n + 1)) / 12)
    return { rank: Math.max(0, Math.floor((m * n) / 2 + normalQuantile(tail) * spread)), tail }
  }
  return rankWithin(mannWhitney(m, n), tail)
}

/** P(U = u) for u = 0 ... m·n, by the generating function Π (1 − q^(n+i)) / (1 − q^i). */
export function mannWhitney(m: number, n: number): Float64Array {
  const counts = new Float64Array(m * n + 1)
  counts[0] = 1
  for (let i = 1; i <= m; i++) {
    for (let u = m * n; u >= n + i; u--) counts[u] = (counts[u] ?? 0) - (counts[u - n - i] ?? 0)
    for (let u = i; u <= m * n; u++) counts[u] = (counts[u] ?? 0) + (counts[u - i] ?? 0)
  }
  const all = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => count / all)
}
