/**
 * Permutation tests of means: exact by enumeration where that is quick, else Monte Carlo with a seed.
 * Monte Carlo p-values count the observed arrangement itself, (b + 1) / (m + 1), so they are never too small
 * (Phipson and Smyth, "Permutation P-values should never be zero", 2010).
 */
import { sum } from './order.ts'
import { below, seeded } from './random.ts'
import type { Random } from './random.ts'

export interface Permuted {
  /** One-sided: how often an arrangement gives a mean at least as high (low) as the one seen. */
  readonly above: number
  readonly below: number
  readonly exact: boolean
}

export interface PermutationOptions {
  readonly seed?: number
  /** Up to this many arrangements are enumerated. */
  readonly enumerate?: number
  readonly draws?: number
}

const usual = { seed: 1, enumerate: 1 << 18, draws: 20_000 }

/** Sums that differ by rounding alone are the same. */
const equal = 1e-12

/** Unpaired: under "no difference" every split of the pooled values is as likely. Above: the second sample is higher. */
export function labelShuffle(a: readonly number[], b: readonly number[], options: PermutationOptions = {}): Permuted {
  const { seed, enumerate, draws } = { ...usual, ...options }
  const pooled = [...a, ...b]
  const seen = sum(b)
  const slack = equal * sum(pooled.map(Math.abs))
  if (choose(pooled.length, b.length) <= enumerate) return counted(subsets(pooled, b.length), seen, slack, true)
  return counted(randomSubsets(pooled, b.length, draws, seeded(seed)), seen, slack, false)
}

function counted(sums: Iterable<number>, seen: number, slack: number, exact: boolean): Permuted {
  let above = exact ? 0 : 1
  let below = exact ? 0 : 1
  let all = exact ? 0 : 1
  for (const sum of sums) {
    if (sum >= seen - slack) above++
    if (sum <= seen + slack) below++
    all++
  }
  return { above: above / all, below: below / all, exact }
}

/** Sums of all subsets of the given size. */
function* subsets(values: readonly number[], size: number, from = 0, sum = 0): Generator<number> {
  if (size === 0) {
    yield sum
    return
  }
  for (let i = from; i <= values.length - size; i++) yield* subsets(values, size - 1, i + 1, sum + (values[i] ?? 0))
}

function* randomSubsets(values: readonly number[], size: number, draws: number, random: Random): Generator<number> {
  const shuffled = [...values]
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0
    for (let i = 0; i < size; i++) {
      const j = i + below(random, shuffled.length - i)
      const picked = shuffled[j] ?? 0
      shuffled[j] = shuffled[i] ?? 0
      shuffled[i] = picked
      sum += picked
    }
    yield sum
  }
}

function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i
  return Math.round(ways)
}
