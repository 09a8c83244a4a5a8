/** Each answer in one sentence: the number seen, the number wanted, the number of pairs, and what to do next. */
import { change, more } from '../model/change.ts'
import { answerWords } from '../model/check-report.ts'
import { byNumber, count } from '../model/count.ts'
import { changes, mostPatientPairs, type Answer, type MetricAnswer } from './check.ts'

export const lagWords =
  "cannot tell: more than half of it is the generator's own send lag, not the server's. Next: lower the rate or free a core"

type Told = Omit<MetricAnswer, 'because'>

export function becauseOf(told: Told): string {
  const pairs = changes(told.metric).length
  if (told.metric.lagged === true) return lagWords
  if (pairs === 0) return 'cannot tell: no pair of blocks has a value on both sides; look at the health of the runs'
  return sentences[told.answer](told, pairs)
}

const sentences: Readonly<Record<Answer, (told: Told, pairs: number) => string>> = {
  worse: (told, pairs) =>
    `worse: ${seen(told)} over ${count(pairs, 'pair')}; ${wanted(told)}. Next: bisect, or compare the two reports`,
  same: (told, pairs) => `same: ${seen(told)} over ${count(pairs, 'pair')}; ${wanted(told)}`,
  better: (told, pairs) =>
    `better: ${seen(told)} over ${count(pairs, 'pair')}; ${wanted(told)}. Next: if it is to stay, run the new server alone and save that as the baseline`,
  'cannot tell': (told, pairs) =>
    `${answerWords(told)}: ${count(pairs, 'pair')} ${byNumber(pairs, 'gives', 'give')} ${seen(told)}; ${wanted(told)}. Next: ${next(told, pairs)}`,
}

function seen({ metric, change: shift }: Told): string {
  if (shift === undefined) return 'no change that could be computed'
  const { estimate, interval, confidence } = shift
  const write = metric.unit === 'count' ? more : (log: number) => change(Math.exp(log))
  if (interval === undefined || confidence === undefined) return `a change of ${write(estimate)} without an interval`
  const sure = (confidence * 100).toFixed(confidence > 0.99 ? 1 : 0)
  return `a change of ${write(estimate)} (${sure} % interval ${write(interval[0])} … ${write(interval[1])})`
}

function wanted({ metric }: Told): string {
  if (metric.unit === 'count') return 'wanted: as many as in the base, in every pair'
  return `wanted: the whole interval within ±${percent(metric.margin)}, ${metric.better} is better`
}

function next({ metric, pairsNeeded, leans }: Told, pairs: number): string {
  const { unit, margin } = metric
  if (unit === 'count') return 'find out what is lost or doubled, and when: see the series of the reports'
  if (pairsNeeded === undefined) return 'run at least 8 pairs'
  const enough = Math.max(pairsNeeded, pairs + 2)
  if (enough > mostPatientPairs) return tooNoisy(margin, pairsNeeded)
  if (leans !== undefined) return `--until-decided, which looks at up to ${mostPatientPairs} pairs`
  return `about ${enough} pairs would decide ${percent(margin)}; a quieter machine or longer blocks need fewer`
}

/** Names no number of pairs where it would be thousands, but the change that 60 pairs can decide: pairs needed grow as 1 / margin². */
function tooNoisy(margin: number, pairsNeeded: number): string {
  const within = Math.expm1(Math.log1p(margin) * Math.sqrt(Math.max(1, pairsNeeded / mostPatientPairs)))
  const told = within > margin ? ` (they could decide about ${percent(within)})` : ''
  return `this metric is too noisy here for ${mostPatientPairs} pairs to decide ${percent(margin)}${told}: longer blocks (--measure), a quieter machine or a wider --margin`
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
