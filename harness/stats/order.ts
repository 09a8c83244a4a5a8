/** Order statistics: medians, quantiles of few values, and intervals that assume nothing but a continuous distribution. */
import { binomialCdf, binomialQuantile } from './distribution.ts'

export function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}

/** Undefined for no values. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const ordered = sorted(values)
  const upper = ordered[ordered.length >> 1] ?? Number.NaN
  const lower = ordered[(ordered.length - 1) >> 1] ?? Number.NaN
  return (lower + upper) / 2
}

export interface MedianInterval {
  readonly interval: readonly [number, number]
  /** The confidence really reached: the ranks are whole, so it is seldom the one asked for. */
  readonly confidence: number
}

/** The confidence asked for. */
const wanted = 0.95

/** Fewer values than this give no interval: two values cover the median in half of all cases. */
export const fewestForInterval = 3

/**
 * Distribution-free interval of the median from symmetric ranks (the sign test turned round; Conover, Practical
 * Nonparametric Statistics §3.2): the narrowest with at least 95 % confidence, or smallest to largest value
 * where so few values cannot reach it (3 values: 75 %, 5: 93.75 %).
 */
export function medianInterval(values: readonly number[]): MedianInterval | undefined {
  const n = values.length
  if (n < fewestForInterval) return undefined
  const ordered = sorted(values)
  let rank = 1
  while (rank < n / 2 && confidenceOf(rank + 1, n) >= wanted) rank++
  return {
    interval: [ordered[rank - 1] ?? Number.NaN, ordered[n - rank] ?? Number.NaN],
    confidence: confidenceOf(rank, n),
  }
}

function confidenceOf(rank: number, n: number): number {
  return 1 - 2 * binomialCdf(rank - 1, n, 0.5)
}

/**
 * Ranks (from 1) between which the quantile `q` of the distribution behind `n` samples lies with at least 95 %:
 * X(low) ≤ Q ≤ X(high), from the binomial count of samples below Q.
 */
export function rankInterval(n: number, q: number): readonly [number, number] {
  const tail = (1 - wanted) / 2
  const low = binomialQuantile(tail, n, q)
  const high = binomialQuantile(1 - tail, n, q) + 1
  return [Math.max(1, low), Math.min(n, high)]
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

export function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length
}

/** Sum of the squared distances from the mean. */
export function squares(numbers: readonly number[]): number {
  const middle = mean(numbers)
  return sum(numbers.map((number) => (number - middle) ** 2))
}

/** Of the distribution that the numbers are drawn from. */
export function deviation(numbers: readonly number[]): number {
  return Math.sqrt(squares(numbers) / (numbers.length - 1))
}

/** The largest k with P(X ≤ k − 1) ≤ tail, by the chances of 0, 1, 2 ..., and that chance. */
export function rankWithin(chances: Float64Array, tail: number): { readonly rank: number; readonly tail: number } {
  let rank = 0
  let sum = 0
  // Half a unit in the last place must not decide: 5 pairs reach exactly 1/32 on each side.
  while (rank < chances.length && sum + (chances[rank] ?? 0) <= tail * (1 + 1e-12)) sum += chances[rank++] ?? 0
  return { rank, tail: sum }
}
