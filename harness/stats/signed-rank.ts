/**
 * Paired differences, judged by their signed ranks: exact for up to 200 pairs, ties and zeros included, because the
 * distribution is that of all 2^n ways to set the signs of these very differences.
 * Test: Wilcoxon 1945. Shift and interval: Hodges and Lehmann 1963, from the Walsh averages (Hollander, Wolfe and Chicken,
 * Nonparametric Statistical Methods, §3.1 to §3.3). Zeros are left out of the ranking, as Wilcoxon does.
 */
import { normalCdf, normalQuantile } from './distribution.ts'
import { rankWithin } from './order.ts'

const mostExact = 200

/** One-sided p-values that the differences lie above, or below, zero. */
export interface SignedRank {
  readonly above: number
  readonly below: number
}

export function signedRank(differences: readonly number[]): SignedRank {
  return signed(differences, ranks)
}

/**
 * The same with normal scores (van der Waerden) in place of the ranks: for every shape of noise at least as sharp as the
 * t test (Chernoff and Savage, Annals of Mathematical Statistics 29, 1958), where ranks lose up to 5 % of the pairs under normal
 * noise. The scores are rounded to whole twentieths, so that the distribution is exact.
 */
export function signedScores(differences: readonly number[]): SignedRank {
  return signed(differences, scores)
}

/** What a difference of that place among n counts. `tables`: for n without ties, chances that the sum is at most its index. */
interface Scoring {
  readonly score: (doubledRank: number, n: number) => number
  readonly tables: Map<number, Float64Array>
}

const ranks: Scoring = { score: (doubled) => doubled, tables: new Map() }
const scores: Scoring = {
  score: (doubled, n) => Math.round(20 * normalQuantile(0.5 + doubled / 4 / (n + 1))),
  tables: new Map(),
}

function signed(differences: readonly number[], scoring: Scoring): SignedRank {
  const real = differences.filter((difference) => difference !== 0)
  if (real.length === 0) return { above: 1, below: 1 }
  const doubled = doubledRanks(real.map(Math.abs))
  const scored = doubled.map((rank) => scoring.score(rank, real.length))
  const positive = scored.reduce((sum, each, i) => sum + ((real[i] ?? 0) > 0 ? each : 0), 0)
  const whole = scored.reduce((sum, each) => sum + each, 0)
  const atMost = chances(scored, isUntied(doubled) ? scoring.tables : undefined)
  return { above: atMost(whole - positive), below: atMost(positive) }
}

/** Twice the mid-ranks, so that ties stay whole numbers. */
function doubledRanks(sizes: readonly number[]): number[] {
  const order = sizes.map((_, i) => i).toSorted((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0))
  const ranks = new Array<number>(sizes.length)
  for (let i = 0; i < order.length;) {
    let j = i
    while (j + 1 < order.length && sizes[order[j + 1] ?? 0] === sizes[order[i] ?? 0]) j++
    for (let k = i; k <= j; k++) ranks[order[k] ?? 0] = i + j + 2
    i = j + 1
  }
  return ranks
}

/** P(sum of one sign ≤ limit) when each sign is a fair coin. Without ties one table for each n serves all. */
function chances(scored: readonly number[], tables: Scoring['tables'] | undefined): (limit: number) => number {
  if (scored.length > mostExact) return (limit) => approximate(scored, limit)
  const table = tables?.get(scored.length) ?? running(distribution(scored))
  tables?.set(scored.length, table)
  return (limit) => Math.min(1, table[Math.min(limit, table.length - 1)] ?? 0)
}

/** Ties lower the sum of squares below that of 2, 4 ... 2n, always. */
function isUntied(doubled: readonly number[]): boolean {
  const n = doubled.length
  let squares = 0
  for (const rank of doubled) squares += rank * rank
  return squares === (2 * n * (n + 1) * (2 * n + 1)) / 3
}

function running(chances: Float64Array): Float64Array {
  let sum = 0
  return chances.map((chance) => (sum += chance))
}

function distribution(doubled: readonly number[]): Float64Array {
  const whole = doubled.reduce((sum, rank) => sum + rank, 0)
  const chances = new Float64Array(whole + 1)
  chances[0] = 1
  let reached = 0
  for (const rank of doubled) {
    reached += rank
    for (let i = reached; i >= 0; i--) {
      chances[i] = 0.5 * ((chances[i] ?? 0) + (i >= rank ? (chances[i - rank] ?? 0) : 0))
    }
  }
  return chances
}

/** Normal, with the variance of these ranks and a continuity correction of half a (doubled) step. */
function approximate(doubled: readonly number[], limit: number): number {
  const mean = doubled.reduce((sum, rank) => sum + rank, 0) / 2
  const variance = doubled.reduce((sum, rank) => sum + rank * rank, 0) / 4
  return normalCdf((limit + 1 - mean) / Math.sqrt(variance))
}

export interface Shift {
  /** Median of the Walsh averages. */
  readonly estimate: number
  /** Where the confidence asked for can be reached with so few pairs. */
  readonly interval?: readonly [number, number]
  /** The one really reached. */
  readonly confidence?: number
}

/** `confidence` of the two-sided interval. Undefined for no differences. */
export function shift(differences: readonly number[], confidence: number): Shift | undefined {
  const walsh = walshAverages(differences)
  const estimate = middle(walsh)
  if (estimate === undefined) return undefined
  const { rank, tail } = boundRank(differences.length, (1 - confidence) / 2)
  const low = walsh[rank - 1]
  const high = walsh[walsh.length - rank]
  if (low === undefined || high === undefined) return { estimate }
  return { estimate, interval: [low, high], confidence: 1 - 2 * tail }
}

/** All (x_i + x_j) / 2 with i ≤ j, in order. */
function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2)
  let at = 0
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) averages[at++] = ((values[i] ?? 0) + (values[j] ?? 0)) / 2
  }
  // Of typed arrays the sort is by number, and several times faster.
  return averages.sort()
}

/** The Hodges–Lehmann estimate alone; 0 for no differences. */
export function pseudoMedian(differences: readonly number[]): number {
  return middle(walshAverages(differences)) ?? 0
}

function middle(ordered: Float64Array): number | undefined {
  const [low, high] = [ordered[(ordered.length - 1) >> 1], ordered[ordered.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

const boundRanks = new Map<string, { readonly rank: number; readonly tail: number }>()

/** The largest rank k with P(W ≤ k − 1) ≤ tail for n untied pairs; 0 where not even the extreme is that rare. */
function boundRank(n: number, tail: number): { readonly rank: number; readonly tail: number } {
  const key = `${n} ${tail}`
  const known = boundRanks.get(key)
  if (known !== undefined) return known
  const ranks = Array.from({ length: n }, (_, i) => i + 1)
  const found = n > mostExact ? approximateRank(n, tail) : rankWithin(distribution(ranks), tail)
  boundRanks.set(key, found)
  return found
}

function approximateRank(n: number, tail: number): { readonly rank: number; readonly tail: number } {
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)
  return { rank: Math.max(0, Math.floor((n * (n + 1)) / 4 + normalQuantile(tail) * spread)), tail }
}
