/**
 * Where did a long series change its level? E-divisive (Matteson and James, JASA 109, 2014) in the way of Hunter / Apache Otava
 * (Fleming et al., "Hunter: Using Change Point Detection to Hunt for Performance Regressions", ICPE 2023): the split with the
 * largest energy distance is looked for in overlapping windows, tested with Student's t instead of permutations, first with
 * a weak threshold; then the weakest are taken back until all that is left is significant between its neighbours.
 */
import { incompleteBeta } from './distribution.ts'
import { mean, squares } from './order.ts'

export interface ChangePoint {
  /** Index of the first value of the new level. */
  readonly index: number
  readonly before: number
  readonly after: number
  readonly p: number
}

/** Of a change point that stays; the first pass tests more weakly. */
const maxP = 0.001
const firstMaxP = 10 * maxP
/** Values that are looked at together; the next window begins at the middle of this one. */
const window = 50
const step = 25
/** Values on each side of a split: fewer have no spread to speak of. */
const fewest = 3

/** Time grows with the length of the series times the window: 10,000 values take well under a second. */
export function changePoints(values: readonly number[]): ChangePoint[] {
  const weak = new Set<number>()
  for (let start = 0; start < values.length; start += step) {
    split(values, start, Math.min(values.length, start + window), weak)
    if (start + window >= values.length) break
  }
  const ordered = [...weak].toSorted((a, b) => a - b)
  return takeBack(values, ordered)
}

function split(values: readonly number[], from: number, to: number, found: Set<number>): void {
  const at = bestSplit(values, from, to)
  if (at === undefined || studentP(values.slice(from, at), values.slice(at, to)) > firstMaxP) return
  found.add(at)
  split(values, from, at, found)
  split(values, at, to, found)
}

/** The split of [from, to) with the largest weighted energy distance, exponent 1, in one O(n²) sweep. */
function bestSplit(values: readonly number[], from: number, to: number): number | undefined {
  const n = to - from
  let within = 0
  let other = 0
  let between = 0
  for (let i = from; i < to; i++) for (let j = i + 1; j < to; j++) other += gap(values, i, j)
  let best: number | undefined
  let most = 0
  for (let at = from + 1; at <= to - fewest; at++) {
    // Value at − 1 moves from the right side to the left.
    const moved = at - 1
    let left = 0
    let right = 0
    for (let i = from; i < moved; i++) left += gap(values, i, moved)
    for (let i = at; i < to; i++) right += gap(values, moved, i)
    within += left
    other -= right
    between += right - left
    const a = at - from
    const b = n - a
    if (a < fewest) continue
    const distance = (2 * between) / (a * b) - (2 * within) / (a * (a - 1)) - (2 * other) / (b * (b - 1))
    const weighted = ((a * b) / n) * distance
    if (weighted > most) {
      most = weighted
      best = at
    }
  }
  return best
}

function gap(values: readonly number[], i: number, j: number): number {
  return Math.abs((values[i] ?? 0) - (values[j] ?? 0))
}

function takeBack(values: readonly number[], weak: readonly number[]): ChangePoint[] {
  let points = weak.map((index) => ({ index, before: 0, after: 0, p: 0 }))
  for (;;) {
    points = points.map(({ index }, i) => tested(values, points[i - 1]?.index ?? 0, index, points[i + 1]?.index))
    const least = points.reduce<ChangePoint | undefined>(
      (worst, point) => (worst === undefined || point.p > worst.p ? point : worst),
      undefined,
    )
    if (least === undefined || least.p <= maxP) return points
    points = points.filter((point) => point !== least)
  }
}

function tested(values: readonly number[], from: number, index: number, to: number | undefined): ChangePoint {
  const left = values.slice(from, index)
  const right = values.slice(index, to)
  return { index, before: mean(left), after: mean(right), p: studentP(left, right) }
}

/** Two-sided p of Student's t test with pooled variance. */
export function studentP(a: readonly number[], b: readonly number[]): number {
  const freedom = a.length + b.length - 2
  if (a.length < 2 || b.length < 2) return 1
  const difference = mean(a) - mean(b)
  if (difference === 0) return 1
  const pooled = (squares(a) + squares(b)) / freedom
  const t2 = (difference * difference) / (pooled * (1 / a.length + 1 / b.length))
  return Number.isFinite(t2) ? incompleteBeta(freedom / (freedom + t2), freedom / 2, 0.5) : 0
}
