/**
 * Compares base and head by interleaved pairs of blocks. The answer for each metric is worse, same, better or cannot tell.
 *
 * Worse and better: at each look the exact test of signed normal scores over all pairs so far. It is corrected by Holm for the number
 * of metrics and by error spending for the number of looks: 1 % for all metrics and all looks together. The estimated shift must
 * also be larger than the margin. Every look judges all pairs. An alternative is to repeat an alarm with new pairs alone; that drops
 * what the first pairs showed: it found 5 % at 5 % of independent noise in 65 of 100 checks, this finds 90 with as many pairs.
 * Same: two one-sided tests at 5 % reject a shift as large as the margin, in each direction. Everything else is "cannot tell".
 * Measured error rates: simulate.test.ts and `bench calibrate-check`.
 */
import { known } from '../model/known.ts'
import { answerOutcomes, type CheckRow } from '../model/check-report.ts'
import type { Measurement, Verdict } from '../model/report.ts'
import { equivalenceP } from '../stats/equivalence.ts'
import { holm } from '../stats/holm.ts'
import { pseudoMedian, shift, signedScores } from '../stats/signed-rank.ts'
import type { Shift } from '../stats/signed-rank.ts'
import { spent, type Spending } from '../stats/spending.ts'
import { becauseOf } from './check-words.ts'
import { worst } from './judge.ts'
import { pairsToDecide } from './pairs-needed.ts'

export interface PairedMetric extends Pick<Measurement, 'workload' | 'metric' | 'unit' | 'better'> {
  /** Changes within ± this share count as the same; 0 for counts. */
  readonly margin: number
  /** In the order in which they were run, the same for all metrics of a check. A side without a value keeps its place. */
  readonly pairs: readonly Pair[]
  /** In at least half of the blocks of a side it is mostly the generator's own lag, so no change of the server can be found. */
  readonly lagged?: true
}

export interface Pair {
  readonly base: number | undefined
  readonly head: number | undefined
}

/** Pairs that were run between two looks. */
export interface Round {
  readonly pairs: number
}

export interface CheckSettings {
  /** Pairs of all looks together. */
  readonly mostPairs: number
  /** Chance that a check without any change calls at least one metric worse, over all looks. */
  readonly worseLevel: number
  /** Chance that a check without any change calls at least one metric better. */
  readonly betterLevel: number
  /** Chance of "same" for a change as large as the margin. */
  readonly sameLevel: number
}

/** The most pairs that `--until-decided` runs: few people wait for more. */
export const mostPatientPairs = 60

export const usualSettings: CheckSettings = { mostPairs: 40, worseLevel: 0.01, betterLevel: 0.01, sameLevel: 0.05 }

/** Pairs of the first look. Each further look comes after half as many pairs again. */
export const firstPairs = 12

export interface CheckInput {
  readonly metrics: readonly PairedMetric[]
  /** What has been run so far. */
  readonly rounds: readonly Round[]
  readonly settings?: Partial<CheckSettings>
}

export type Side = 'worse' | 'better'
export type Answer = CheckRow['answer']

export interface MetricAnswer {
  readonly metric: PairedMetric
  readonly answer: Answer
  /** Shift of ln(head / base), or of head − base for counts. */
  readonly change?: Shift
  /** Where the answer is `cannot tell`: the side of zero on which the whole interval lies, if it does. */
  readonly leans?: Side
  readonly pairsNeeded?: number
  readonly because: string
}

/** Pairs to run before the next look; 0: the check is over. */
export type Next = number

export interface Check {
  readonly answers: readonly MetricAnswer[]
  readonly verdict: Verdict
  readonly next: Next
}

/** Judges all rounds so far → the answers, and how many pairs to run next. */
export function check(input: CheckInput): Check {
  const settings = { ...usualSettings, ...input.settings }
  const look = lookOf(input, settings)
  const answers = input.metrics.map((metric, i) => {
    const answer = answerOf(metric, i, look, settings)
    const d = changes(metric, look.pairs)
    const change = shift(d, 1 - 2 * look.level('pocock', settings.sameLevel))
    const leans =
      answer === 'cannot tell' && metric.lagged !== true ? sideOf(change?.interval, metric.better) : undefined
    const found: Omit<MetricAnswer, 'because'> = {
      metric,
      answer,
      ...known({ change, pairsNeeded: pairsToDecide(metric, d, input.metrics.length, settings), leans }),
    }
    return { ...found, because: becauseOf(found) }
  })
  const findings = answers.map(({ metric, answer, because }) => ({
    about: `${metric.workload} ${metric.metric}`,
    rule: 'check',
    outcome: answerOutcomes[answer],
    because,
  }))
  return { answers, verdict: verdict(findings), next: nextRound(answers, input.rounds, settings) }
}

/** What the last look found. */
interface Look {
  /** Pairs of all rounds up to this look. */
  readonly pairs: number
  /** The part of an error rate that this look may use, where the whole rate is spread over all looks. */
  level(kind: Spending, whole: number): number
  /** P-values for "worse", corrected by Holm; `better`: those for "better". */
  readonly worse: readonly number[]
  readonly better: readonly number[]
}

function lookOf({ metrics, rounds }: CheckInput, settings: CheckSettings): Look {
  const pairs = rounds.reduce((sum, round) => sum + round.pairs, 0)
  const before = pairs - (rounds.at(-1)?.pairs ?? 0)
  const level = (kind: Spending, whole: number) =>
    spent(kind, pairs / settings.mostPairs, whole) - spent(kind, before / settings.mostPairs, whole)
  const ranks = metrics.map((metric) => signedScores(worsening(metric, pairs)))
  return { pairs, level, worse: holm(ranks.map(({ above }) => above)), better: holm(ranks.map(({ below }) => below)) }
}

function answerOf(metric: PairedMetric, i: number, look: Look, settings: CheckSettings): Answer {
  if (metric.lagged === true) return 'cannot tell'
  const seen = worsening(metric, look.pairs)
  if (isSame(metric, seen, look.level('pocock', settings.sameLevel))) return 'same'
  const [margin, moved] = [marginOn(metric), pseudoMedian(seen)]
  if ((look.worse[i] ?? 1) <= look.level('power', settings.worseLevel) && moved > margin) return 'worse'
  return (look.better[i] ?? 1) <= look.level('power', settings.betterLevel) && -moved > margin
    ? 'better'
    : 'cannot tell'
}

/** The side of zero on which the interval lies; undefined where zero is inside or there is no interval. */
export function sideOf(
  interval: readonly [number, number] | undefined,
  better: PairedMetric['better'],
): Side | undefined {
  const [low, high] = interval ?? [0, 0]
  if (low <= 0 && high >= 0) return undefined
  return low > 0 === (better === 'lower') ? 'worse' : 'better'
}

function verdict(findings: Verdict['findings']): Verdict {
  if (findings.length > 0) return { outcome: worst(findings.map(({ outcome }) => outcome)), findings }
  const because = 'cannot tell: base and head have no metric in common that a check judges'
  return { outcome: 'unknown', findings: [{ about: 'check', rule: 'check', outcome: 'unknown', because }] }
}

/** Counts are the same when they are equal in every pair. */
function isSame(metric: PairedMetric, d: readonly number[], allowed: number): boolean {
  if (d.length === 0) return false
  return metric.unit === 'count' ? d.every((x) => x === 0) : equivalenceP(d, marginOn(metric)) <= allowed
}

function nextRound(answers: readonly MetricAnswer[], rounds: readonly Round[], settings: CheckSettings): Next {
  if (answers.some(({ answer }) => answer === 'worse')) return 0
  if (!answers.some(({ answer }) => answer === 'cannot tell')) return 0
  const all = rounds.reduce((sum, { pairs }) => sum + pairs, 0)
  return Math.max(0, Math.min(settings.mostPairs - all, all === 0 ? firstPairs : Math.ceil(all / 2)))
}

/** Of a side that did nothing at all: more than any real change, and still a number (22,000 times). */
export const mostLog = 10

/** ln(head / base) of each of the first `pairs` pairs, or head − base for counts. Nothing on both sides is no change that could be seen. */
export function changes(metric: PairedMetric, pairs = Infinity): number[] {
  const count = metric.unit === 'count'
  return metric.pairs
    .slice(0, pairs)
    .map(({ base = Number.NaN, head = Number.NaN }) =>
      count ? head - base : Math.max(-mostLog, Math.min(mostLog, Math.log(head / base))),
    )
    .filter(Number.isFinite)
}

/** Changes with a sign so that above zero is worse. */
function worsening(metric: PairedMetric, pairs: number): number[] {
  const sign = metric.better === 'lower' ? 1 : -1
  return changes(metric, pairs).map((change) => sign * change)
}

function marginOn({ margin }: Pick<PairedMetric, 'margin'>): number {
  return Math.log1p(margin)
}
