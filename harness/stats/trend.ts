/**
 * Does a series climb or fall? Mann–Kendall test (Mann 1945, Kendall 1975) with the variance for ties, and Theil–Sen slope.
 * Used for drift inside a measured window and over the blocks of a run.
 */
import { normalCdf } from './distribution.ts'
import { median } from './order.ts'

export interface Trend {
  /** Change a step. */
  readonly slope: number
  /** Two-sided. */
  readonly p: number
}

/** Undefined for fewer than 4 values: no order of three is rare enough to mean anything. */
export function trend(values: readonly number[]): Trend | undefined {
  const n = values.length
  if (n < 4) return undefined
  let score = 0
  const slopes: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const step = (values[j] ?? 0) - (values[i] ?? 0)
      score += Math.sign(step)
      slopes.push(step / (j - i))
    }
  }
  const ties = new Map<number, number>()
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1)
  const tied = [...ties.values()].reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0)
  const variance = (n * (n - 1) * (2 * n + 5) - tied) / 18
  const z = variance > 0 ? Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance) : 0
  return { slope: median(slopes) ?? 0, p: 2 * normalCdf(-z) }
}
