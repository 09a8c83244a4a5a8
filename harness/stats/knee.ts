/**
 * The highest rate a set-up sustains, found by trying: double until it breaks, then halve the gap (on a logarithmic scale)
 * until the bracket is narrow. Each rate is judged by the majority of its repeats, so that one hiccup neither hides nor
 * makes a limit. Pure: says which rate to try next, is told what came of it.
 */
import { quantiles } from '../model/metric.ts'
import { rounded } from './bottleneck.ts'
import { samplesFor } from './merge.ts'

import type { Trial } from '../model/curve.ts'
import { count } from '../model/count.ts'

export type { Trial }

export interface SearchSettings {
  /** First rate tried. */
  readonly from: number
  /** Never tried beyond. */
  readonly most: number
  readonly latencyLimitNs: number
  /** The bracket is narrow enough when high / low is at most 1 + this. */
  readonly tolerance: number
  /** Trials of each rate, odd; a majority decides, so fewer are often enough. */
  readonly repeats: number
}

export type Step =
  | { readonly kind: 'try'; readonly perSecond: number }
  /** `sustainable`: highest rate kept; absent where not even the lowest was. `broke`: lowest that was not. */
  | { readonly kind: 'done'; readonly sustainable?: number; readonly broke?: number; readonly because: string }

/** A search that gets down to this share of its first rate gives up. */
const giveUp = 1 / 1024
const reachedShare = 0.99

/** Why a trial does not count as sustained; undefined where it does. */
export function broken(trial: Trial, settings: SearchSettings): string | undefined {
  const { perSecond, reached, latencyNs, lagged, lost, late } = trial
  if (lost > 0) return `${count(lost, 'message')} lost`
  if (late > 0) return `${count(late, 'message')} late`
  if (reached < reachedShare * perSecond) return `reached ${rounded(reached)} of ${rounded(perSecond)} msg/s`
  if (latencyNs === undefined)
    return `its p99 is not known: fewer than the ${rounded(samplesFor(quantiles.p99))} latencies that it needs`
  if (latencyNs > settings.latencyLimitNs && lagged === true) {
    return `p99 ${(latencyNs / 1e6).toFixed(2)} ms is over the limit, but more than half of it is the generator's own send lag: the generator is at its limit, not the server`
  }
  if (latencyNs > settings.latencyLimitNs) {
    return `p99 ${(latencyNs / 1e6).toFixed(2)} ms is over the limit of ${(settings.latencyLimitNs / 1e6).toFixed(2)} ms`
  }
  return undefined
}

export function nextStep(trials: readonly Trial[], settings: SearchSettings): Step {
  const decided = new Map<number, boolean>()
  for (const perSecond of new Set(trials.map((trial) => trial.perSecond))) {
    const kept = majority(trials, perSecond, settings)
    if (kept === undefined) return { kind: 'try', perSecond }
    decided.set(perSecond, kept)
  }
  const rates = [...decided].toSorted(([a], [b]) => a - b)
  const broke = rates.find(([, kept]) => !kept)?.[0]
  // Rates above one that broke do not count, even where luck let them pass.
  const good = rates.filter(([rate, kept]) => kept && (broke === undefined || rate < broke)).at(-1)?.[0]
  return proposal(good, broke, settings, trials)
}

function majority(trials: readonly Trial[], perSecond: number, settings: SearchSettings): boolean | undefined {
  const results = trials.filter((trial) => trial.perSecond === perSecond).map((trial) => broken(trial, settings))
  const needed = Math.floor(settings.repeats / 2) + 1
  const kept = results.filter((why) => why === undefined).length
  if (kept >= needed) return true
  return results.length - kept >= needed ? false : undefined
}

function proposal(
  good: number | undefined,
  broke: number | undefined,
  settings: SearchSettings,
  trials: readonly Trial[],
): Step {
  const { from, most, tolerance } = settings
  if (good === undefined && broke === undefined) return { kind: 'try', perSecond: Math.min(from, most) }
  if (good === undefined && broke !== undefined) {
    if (broke <= from * giveUp)
      return {
        kind: 'done',
        broke,
        because: `not even ${rounded(broke)} msg/s were sustained: ${why(trials, broke, settings)}`,
      }
    return { kind: 'try', perSecond: broke / 2 }
  }
  if (good !== undefined && broke === undefined) {
    if (good >= most) return { kind: 'done', sustainable: good, because: `the highest rate allowed was sustained` }
    return { kind: 'try', perSecond: Math.min(most, good * 2) }
  }
  const low = good ?? 0
  const high = broke ?? 0
  if (high / low <= 1 + tolerance)
    return { kind: 'done', sustainable: low, broke: high, because: why(trials, high, settings) }
  return { kind: 'try', perSecond: wholeBetween(low, high) }
}

/** A round rate reads better; where none lies between, the exact middle does. */
function wholeBetween(low: number, high: number): number {
  const middle = Math.sqrt(low * high)
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(middle)) - 2)
  const round = Math.round(middle / digits) * digits
  return round > low && round < high ? round : middle
}

function why(trials: readonly Trial[], perSecond: number, settings: SearchSettings): string {
  const reasons = trials
    .filter((trial) => trial.perSecond === perSecond)
    .flatMap((trial) => broken(trial, settings) ?? [])
  return `at ${rounded(perSecond)} msg/s: ${reasons[0] ?? 'no reason recorded'}`
}

/** Shares of the sustainable rate that a latency-against-load curve is drawn from. */
export const ladder = [0.01, 0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05] as const

export interface CurvePoint {
  readonly perSecond: number
  readonly latencyNs: number
}

/**
 * The knee of a latency-against-load curve: the point furthest below the straight line between its ends, rates and the
 * logarithm of latencies both scaled to 0 … 1 (Kneedle: Satopää et al., "Finding a Kneedle in a Haystack", 2011).
 * Undefined for fewer than three points, or a curve that nowhere bends upwards.
 */
export function knee(curve: readonly CurvePoint[]): CurvePoint | undefined {
  const points = curve.filter(({ latencyNs }) => latencyNs > 0).toSorted((a, b) => a.perSecond - b.perSecond)
  const first = points[0]
  const last = points.at(-1)
  if (points.length < 3 || first === undefined || last === undefined) return undefined
  const width = last.perSecond - first.perSecond
  const height = Math.log(last.latencyNs / first.latencyNs)
  if (width <= 0 || height <= 0) return undefined
  const below = (point: CurvePoint) =>
    (point.perSecond - first.perSecond) / width - Math.log(point.latencyNs / first.latencyNs) / height
  const best = points.reduce((most, point) => (below(point) > below(most) ? point : most))
  return below(best) > 0 ? best : undefined
}
