/**
 * Which rate of a fixed series (1, 2, 5, 10 ...) a machine is asked for, so that two machines can be compared. Pure: says what to try next
 * on the machine, is told the result.
 *
 * A machine is described by two numbers: the rate that one sender keeps, and what goes in and out of a server while all cores are busy with
 * several senders and receivers. The narrower one decides for a scenario.
 */
import type { Demand } from '../model/demand.ts'
import { median } from './order.ts'

/** Share of the machine's rate that a scenario may ask for: a short trial in a quiet moment is no guarantee, and near the limit the tail is that of the machine's own queues. */
export const usedShare = 0.5

/** One short measurement at one rate. */
export interface Attempt {
  readonly perSecond: number
  /** Messages a second that were really sent. */
  readonly reached: number
  /** Why the rate was not kept; absent where it was. */
  readonly broken?: string
}

/** The highest of 1, 2, 5 × 10ⁿ that is at most this. */
export function rungBelow(perSecond: number): number {
  const decade = 10 ** Math.floor(Math.log10(perSecond))
  // The logarithm of a number just below a power of ten may be that of the power: then the next one down is a half.
  return [5, 2, 1].map((digit) => digit * decade).find((rung) => rung <= perSecond) ?? decade / 2
}

/**
 * From `top`, which is enough for everything, down the ladder to a rate that is kept, and then up through the rungs that were passed over.
 * A near miss is tried again. Undefined when the highest rate that is kept is known.
 */
export function nextAttempt(attempts: readonly Attempt[], top: number): number | undefined {
  const last = attempts.at(-1)
  if (last === undefined) return top
  const again = attempts.filter(({ perSecond }) => perSecond === last.perSecond).length
  if (last.broken !== undefined && again === 1 && last.reached >= nearMiss * last.perSecond) return last.perSecond
  const kept = highestKept(attempts)
  if (kept !== undefined) return between(kept, Math.min(...attempts.map((each) => above(each, kept))))
  return rungBelow(Math.max(last.perSecond / mostAtOnce, Math.min(last.reached, last.perSecond * 0.9)))
}

/** A short pause of the machine costs at most this share of a short trial. */
const nearMiss = 0.9
/** A trial that broke down tells little of how far down to go. */
const mostAtOnce = 10

/** A rate that was missed and then kept is kept. */
function highestKept(attempts: readonly Attempt[]): number | undefined {
  const kept = attempts.flatMap(({ perSecond, broken }) => (broken === undefined ? [perSecond] : []))
  return kept.length === 0 ? undefined : Math.max(...kept)
}

function above({ perSecond }: Attempt, rate: number): number {
  return perSecond > rate ? perSecond : Infinity
}

/** The middle one of the rungs between two rates; undefined where there is none, or nothing above `low` was tried. */
function between(low: number, high: number): number | undefined {
  if (high === Infinity) return undefined
  const rungs: number[] = []
  for (let rung = rungBelow(high * 0.999); rung > low; rung = rungBelow(rung * 0.9)) rungs.push(rung)
  return rungs[Math.floor(rungs.length / 2)]
}

/** What was found of one number of the machine. */
export interface Kept {
  readonly perSecond: number
  /** False where time ran out before any rate was kept: then it is the next lower one that would have been tried. */
  readonly proven: boolean
}

export function keptOf(attempts: readonly Attempt[], top: number): Kept {
  const kept = highestKept(attempts)
  if (kept !== undefined) return { perSecond: kept, proven: true }
  const next = nextAttempt(attempts, top) ?? top
  // A near miss is no reason to assume the rate that was missed.
  return { perSecond: next === attempts.at(-1)?.perSecond ? rungBelow(next * 0.9) : next, proven: false }
}

export interface Machine {
  /** Messages a second of one sender. */
  readonly sender: Kept
  /** Messages a second in and out of a server. */
  readonly server: Kept
}

export interface Rung {
  readonly perSecond: number
  readonly because: string
}

/** Undefined where the scenario's own rate fits. */
export function rungFor(own: number, demand: Demand, machine: Machine): Rung | undefined {
  const shares = (['sender', 'server'] as const).map((of) => ({
    of,
    share: (usedShare * machine[of].perSecond) / demand[of],
  }))
  const narrow = shares.reduce((least, each) => (each.share < least.share ? each : least))
  if (narrow.share >= 1) return undefined
  return {
    // A share that was made of rungs may come out a little below one.
    perSecond: rungBelow(own * narrow.share * (1 + 1e-9)),
    because: `this machine keeps ${keptText(machine, narrow.of)}, and at most ${usedShare * 100} % of that is asked for`,
  }
}

const keptWords = { sender: 'from one sender', server: 'in and out of a server' } as const

/** `20,000 msg/s from one sender`. */
export function keptText(machine: Machine, of: keyof Machine): string {
  const { perSecond, proven } = machine[of]
  const rate = `${perSecond.toLocaleString('en-US')} msg/s`
  return proven ? `${rate} ${keptWords[of]}` : `none of the rates tried ${keptWords[of]} (${rate} is assumed)`
}

/** A look at the nodes costs CPU at both ends of a window; a window is at least so many times as long as one look. */
const looksInWindow = 10
const longestWindowMs = 20_000
/** Shorter looks are those of this machine itself, when it is at its limit: they are no reason to measure for longer. */
const longLookMs = 100

export function isLong(lookMs: number): boolean {
  return lookMs >= longLookMs
}

/** Milliseconds to measure, whole seconds, where a look takes `lookMs`; undefined where the scenario's own time is enough. */
export function windowFor(ownMs: number, lookMs: number): number | undefined {
  if (!isLong(lookMs)) return undefined
  const wanted = Math.min(longestWindowMs, lookMs * looksInWindow)
  return wanted <= ownMs ? undefined : Math.ceil(wanted / 1000) * 1000
}

/**
 * Seconds since the start of the load until two medians of latency in a row were within twice those of the second half of the time; 0 where
 * the first ones were, or where they rose. `points`: second and value.
 */
export function settledAfter(points: readonly (readonly [second: number, value: number])[]): number {
  const late = median(points.slice(Math.floor(points.length / 2)).map(([, value]) => value)) ?? Infinity
  const within = points.map(([, value]) => value <= 2 * late)
  const first = within.findIndex((each, i) => each && within[i + 1] !== false)
  return points[first - 1]?.[0] ?? 0
}
