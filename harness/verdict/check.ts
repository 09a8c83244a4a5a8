/**
 * Base against head, from interleaved pairs of blocks: worse, same, better or cannot tell, for each metric.
 *
 * Worse: an alarm in two steps. A look suspects a metric when the exact signed-rank test, corrected by Holm over the metrics
 * and by spending over the looks, rejects "not worse" at 5 % for the whole family. The suspicion must then be repeated by
 * fresh pairs alone, at 10 %, and the shift over all pairs must exceed the margin. Two independent steps of 5 and 10 % keep
 * false alarms below 0.5 % of all checks, yet few pairs are enough to see 5 % at 2 % noise: one step at 0.5 % could not be
 * reached by ten pairs of six metrics at all, because the smallest p-value of ten pairs is 1/1024. Up to 30 pairs are looked
 * at and 10 confirm: at 5 % noise that finds 5 % in 97 of 100 checks, where 10 and 6 found 58.
 * Same: two one-sided tests at 5 % refute a shift of the margin in either direction. Everything else cannot be told.
 * Measured error rates: simulate.test.ts and `bench calibrate-check`.
 */
import type { Measurement, Outcome, Verdict } from '../model/report.ts'
import { equivalenceP } from '../stats/equivalence.ts'
import { holm } from '../stats/holm.ts'
import { pseudoMedian, shift, signedRank } from '../stats/signed-rank.ts'
import type { Shift } from '../stats/signed-rank.ts'
import { spent } from '../stats/spending.ts'
import { becauseOf } from './check-words.ts'
import { pairsToDecide } from './pairs-needed.ts'

export interface PairedMetric extends Pick<Measurement, 'workload' | 'metric' | 'unit' | 'better'> {
  /** Changes within ± this share count as the same; 0 for counts. */
  readonly margin: number
  /** In the order they were run; all metrics of a check have had the same rounds. A side without a value keeps its place. */
  readonly pairs: readonly Pair[]
  /** In at least half of the blocks of a side it is the generator's own lag: no change of the server can be told. */
  readonly lagged?: true
}

export interface Pair {
  readonly base: number | undefined
  readonly head: number | undefined
}

export interface Round {
  readonly purpose: 'look' | 'confirm'
  readonly pairs: number
}

export interface CheckSettings {
  /** Pairs of all looks together; what a suspicion needs to be confirmed comes on top. */
  readonly mostPairs: number
  readonly confirmPairs: number
  /** Chance that any metric of a check without a change is suspected, over all looks. */
  readonly suspectLevel: number
  /** Chance that fresh pairs confirm a wrong suspicion. */
  readonly confirmLevel: number
  /** Chance of "better" for any metric without a change. Nobody is woken by it, so it needs no confirmation. */
  readonly betterLevel: number
  /** Chance of "same" for a change as large as the margin. */
  readonly sameLevel: number
}

/** Pairs that `--until-decided` looks at: about as many as anyone waits for. */
export const mostPatientPairs = 60

export const usualSettings: CheckSettings = {
  mostPairs: 30,
  confirmPairs: 10,
  suspectLevel: 0.05,
  confirmLevel: 0.1,
  betterLevel: 0.01,
  sameLevel: 0.05,
}

export interface CheckInput {
  readonly metrics: readonly PairedMetric[]
  /** What has been run so far. A confirming round directly follows the look that suspected something. */
  readonly rounds: readonly Round[]
  readonly settings?: Partial<CheckSettings>
}

export type Side = 'worse' | 'better'
export type Answer = 'worse' | 'same' | 'better' | 'cannot tell'

export interface MetricAnswer {
  readonly metric: PairedMetric
  readonly answer: Answer
  /** Set where a look suspected it and it is not (yet) confirmed. */
  readonly suspected: boolean
  /** Of ln(head / base), or head − base for counts. */
  readonly change?: Shift
  /** Of `cannot tell`: the side of zero on which the whole interval lies. */
  readonly leans?: Side
  readonly pairsNeeded?: number
  readonly because: string
}

export type Next = { readonly kind: 'done' } | { readonly kind: 'look' | 'confirm'; readonly pairs: number }

export interface Check {
  readonly answers: readonly MetricAnswer[]
  readonly verdict: Verdict
  readonly next: Next
}

const outcomes: Readonly<Record<Answer, Outcome>> = {
  worse: 'fail',
  same: 'pass',
  better: 'pass',
  'cannot tell': 'unknown',
}

/** Looks at all rounds so far and says what is known, and what to run next. */
export function check(input: CheckInput): Check {
  const settings = { ...usualSettings, ...input.settings }
  const look = lookOf(input, settings)
  const answers = input.metrics.map((metric, i) => {
    const answer = answerOf(metric, i, look, settings)
    const d = changes(metric, 0, look.pairs + look.fresh)
    const change = shift(d, 1 - 2 * look.level(settings.sameLevel))
    const pairsNeeded = pairsToDecide(metric, d, input.metrics.length, settings)
    const leans =
      answer === 'cannot tell' && metric.lagged !== true ? sideOf(change?.interval, metric.better) : undefined
    const found: Omit<MetricAnswer, 'because'> = {
      metric,
      answer,
      suspected: look.suspects[i] === true && answer !== 'worse',
      ...(change === undefined ? {} : { change }),
      ...(pairsNeeded === undefined ? {} : { pairsNeeded }),
      ...(leans === undefined ? {} : { leans }),
    }
    return { ...found, because: becauseOf(found, look.fresh, settings) }
  })
  const findings = answers.map(({ metric, answer, because }) => ({
    about: `${metric.workload} ${metric.metric}`,
    rule: 'check',
    outcome: outcomes[answer],
    because,
  }))
  return { answers, verdict: verdict(findings), next: nextRound(answers, input.rounds, settings) }
}

/** The last look: the pairs it saw, and those that came after it to confirm a suspicion. */
interface Look {
  readonly pairs: number
  readonly fresh: number
  /** What this look may spend of an error rate spread over the whole budget. */
  level(whole: number): number
  readonly suspects: readonly boolean[]
  /** Holm's p-values of "better". */
  readonly better: readonly number[]
}

function lookOf({ metrics, rounds }: CheckInput, settings: CheckSettings): Look {
  const last = rounds.at(-1)
  const fresh = last?.purpose === 'confirm' ? last.pairs : 0
  const looks = fresh === 0 ? rounds : rounds.slice(0, -1)
  const pairs = looks.reduce((sum, round) => sum + round.pairs, 0)
  const before = pairs - (looks.at(-1)?.pairs ?? 0)
  const level = (whole: number) =>
    spent('pocock', pairs / settings.mostPairs, whole) - spent('pocock', before / settings.mostPairs, whole)
  const seen = metrics.map((metric) => worsening(metric, 0, pairs))
  const worse = holm(seen.map((d) => signedRank(d).above))
  const suspects = metrics.map((metric, i) => {
    const d = seen[i] ?? []
    // A shift that is real and too small to matter is no reason to run fresh pairs.
    const worthIt = () => pseudoMedian(d) > marginOn(metric) / 2
    return (
      metric.lagged !== true &&
      (worse[i] ?? 1) <= level(settings.suspectLevel) &&
      worthIt() &&
      !isSame(metric, d, level(settings.sameLevel))
    )
  })
  return { pairs, fresh, level, suspects, better: holm(seen.map((d) => signedRank(d).below)) }
}

function answerOf(metric: PairedMetric, i: number, look: Look, settings: CheckSettings): Answer {
  if (metric.lagged === true) return 'cannot tell'
  const margin = marginOn(metric)
  const seen = worsening(metric, 0, look.pairs)
  if (look.suspects[i] === true) {
    const fresh = worsening(metric, look.pairs, look.pairs + look.fresh)
    const repeated = fresh.length > 0 && signedRank(fresh).above <= settings.confirmLevel
    return repeated && pseudoMedian([...seen, ...fresh]) > margin ? 'worse' : 'cannot tell'
  }
  if (isSame(metric, seen, look.level(settings.sameLevel))) return 'same'
  const sure = (look.better[i] ?? 1) <= look.level(settings.betterLevel)
  return sure && -pseudoMedian(seen) > margin ? 'better' : 'cannot tell'
}

/** Undefined where zero lies in the interval or there is none. */
export function sideOf(
  interval: readonly [number, number] | undefined,
  better: PairedMetric['better'],
): Side | undefined {
  const [low, high] = interval ?? [0, 0]
  if (low <= 0 && high >= 0) return undefined
  return low > 0 === (better === 'lower') ? 'worse' : 'better'
}

function verdict(findings: Verdict['findings']): Verdict {
  const worstFirst: readonly Outcome[] = ['fail', 'unknown', 'pass']
  const outcome = worstFirst.find((each) => findings.some((finding) => finding.outcome === each))
  if (outcome !== undefined) return { outcome, findings }
  const because = 'cannot tell: base and head have no metric in common that a check judges'
  return { outcome: 'unknown', findings: [{ about: 'check', rule: 'check', outcome: 'unknown', because }] }
}

/** Counts are the same when they are equal in every pair. */
function isSame(metric: PairedMetric, d: readonly number[], allowed: number): boolean {
  if (d.length === 0) return false
  return metric.unit === 'count' ? d.every((x) => x === 0) : equivalenceP(d, marginOn(metric)) <= allowed
}

function nextRound(answers: readonly MetricAnswer[], rounds: readonly Round[], settings: CheckSettings): Next {
  const all = rounds.reduce((sum, { pairs }) => sum + pairs, 0)
  const undecided = answers.some(({ answer }) => answer === 'cannot tell')
  if (answers.some(({ answer }) => answer === 'worse') || !undecided) return { kind: 'done' }
  if (rounds.at(-1)?.purpose === 'look' && answers.some(({ suspected }) => suspected)) {
    return { kind: 'confirm', pairs: settings.confirmPairs }
  }
  const left = settings.mostPairs - all
  return left <= 0 ? { kind: 'done' } : { kind: 'look', pairs: Math.min(left, all === 0 ? 10 : Math.ceil(all / 2)) }
}

/** ln(head / base) of each pair, or head − base for counts. */
export function changes(metric: PairedMetric, from: number, to: number): number[] {
  const count = metric.unit === 'count'
  return metric.pairs
    .slice(from, to)
    .map(({ base = Number.NaN, head = Number.NaN }) => (count ? head - base : Math.log(head / base)))
    .filter(Number.isFinite)
}

/** Changes, turned so that above zero is worse. */
function worsening(metric: PairedMetric, from: number, to: number): number[] {
  const sign = metric.better === 'lower' ? 1 : -1
  return changes(metric, from, to).map((change) => sign * change)
}

export function marginOn({ margin }: Pick<PairedMetric, 'margin'>): number {
  return Math.log1p(margin)
}
