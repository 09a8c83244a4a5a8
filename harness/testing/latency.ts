/** Is a quantile of the latency below a limit? Judged by its interval, so the answer is yes, no or "cannot tell". */
import { BenchError } from '../model/error.ts'
import { quantiles, type QuantileName } from '../model/metric.ts'
import type { NamedHistogram, Report, Summary } from '../model/report.ts'
import { durationNs } from '../model/units.ts'
import { bucketHigh } from '../agent/histogram.ts'
import { fewestBeyond, Merge } from '../stats/merge.ts'
import { isOfGenerator, lagWords, moreBlocks } from '../verdict/bound.ts'
import { amountsApart } from '../verdict/words.ts'
import { checkWorkload, label, ofWhole, sidedJudged, together, type Judged } from './judged.ts'
import { timeOf, verbs } from './workloads.ts'

export interface LatencyOptions {
  /** By default all workloads that subscribe or request. */
  readonly workload?: string
}

/** 95 % two-sided. */
const z = 1.96

/**
 * With three blocks or more the interval of the median over blocks decides, as for a scenario's limits. With fewer blocks it is
 * the rank-based interval of all samples together.
 */
export function latencyBelow(report: Report, quantile: QuantileName, limit: string, options: LatencyOptions): Judged {
  const limitNs = durationNs(limit)
  if (limitNs === undefined || !Object.hasOwn(quantiles, quantile)) {
    const known = Object.keys(quantiles).join(', ')
    const got = `${JSON.stringify(quantile)} and ${JSON.stringify(limit)}`
    throw new BenchError(
      'usage',
      `latency must be asked for as one of ${known} and a duration such as "5ms", got ${got}`,
    )
  }
  checkWorkload(report, options.workload)
  return ofWhole(report, () => {
    const names = report.plan.scenario.workloads
      .map(({ name }) => name)
      .filter((name) => timeOf(report, name) !== undefined)
      .filter((name) => options.workload === undefined || name === options.workload)
    const parts = names.flatMap((name) =>
      report.plan.variants.map(({ name: variant }) => judge(report, { name, variant, quantile, limitNs })),
    )
    const judged = together(
      parts,
      `nobody ${verbs(({ mainTime }) => mainTime !== undefined)}, so no latency was measured`,
    )
    return judged.outcome === 'pass' ? withMissing(report, judged) : judged
  })
}

/** Rules of messages that were never sent or never came. They have no latency, and the slowest ones may be among them. */
const ofMissing = ['late', 'loss']

function withMissing({ health }: Report, judged: Judged): Judged {
  const missing = health.filter(({ rule, outcome }) => outcome !== 'pass' && ofMissing.includes(rule))
  if (missing.length === 0) return judged
  const lines = missing.map(({ about, because }) => `${about}: ${because}; the slowest may be among what is missing`)
  return { outcome: 'unknown', lines: [...judged.lines, ...lines] }
}

interface Asked {
  readonly name: string
  readonly variant: string
  readonly quantile: QuantileName
  readonly limitNs: number
}

function judge(report: Report, asked: Asked): Judged {
  const { name, variant, quantile } = asked
  const kind = timeOf(report, name) ?? 'latency'
  const metric = `${kind}.${quantile}`
  const who = `${label(report, name, variant)} ${metric}`
  const isAsked = (each: Summary | NamedHistogram) => each.workload === name && each.variant === variant
  const row = report.summaries.find((each) => isAsked(each) && each.metric === metric)
  const samples = report.histograms.find((each) => isAsked(each) && each.name === kind)
  const overAll = row?.interval !== undefined && row.median !== undefined
  const judged = overAll ? overBlocks(who, row, asked) : inSamples(who, samples, asked)
  return isOfGenerator(row, judged.outcome) ? { outcome: 'unknown', lines: [`${who}: ${lagWords}`] } : judged
}

function overBlocks(who: string, row: Summary, { limitNs }: Asked): Judged {
  const [low, high] = row.interval ?? [Number.NaN, Number.NaN]
  const confidence = `${Math.round((row.confidence ?? 0) * 100)} %`
  const [median, from, to] = amountsApart([row.median ?? Number.NaN, low, high], limitNs, 'ns')
  const seen = `${who}: ${median}, ${confidence} interval ${from} to ${to} over ${row.blocks} blocks`
  const next = `the limit lies inside; use more blocks (repeats: ${moreBlocks(row.blocks)})`
  return sidedJudged(
    [low, high],
    (value) => value < limitNs,
    seen,
    () => next,
  )
}

function inSamples(who: string, samples: NamedHistogram | undefined, { quantile, limitNs }: Asked): Judged {
  const q = quantiles[quantile]
  const merge = new Merge()
  if (samples !== undefined) merge.add(samples.data)
  const found = merge.quantile(q)
  if (found === undefined) {
    const least = Math.ceil(fewestBeyond / Math.min(q, 1 - q))
    const lines = [`${who}: at least ${least} samples are needed, got ${merge.total}; measure longer or send more`]
    return { outcome: 'unknown', lines }
  }
  const [low, high] = found.interval
  const [value, from, to] = amountsApart([found.value, low, high], limitNs, 'ns')
  const seen = `${who}: ${value}, 95 % interval ${from} to ${to} from ${merge.total} samples`
  return sidedJudged(
    [low, high],
    (value) => value < limitNs,
    seen,
    () => needed(merge, q, limitNs),
  )
}

/** How many samples the interval needs to exclude the limit; its half width in ranks is z·√(n·q·(1−q)). */
function needed(merge: Merge, q: number, limitNs: number): string {
  const gap = Math.abs(shareBelow(merge, limitNs) - q)
  const samples = gap === 0 ? Infinity : Math.ceil((z * z * q * (1 - q)) / (gap * gap))
  if (samples > 1e9) return 'the limit lies inside, as near as no number of samples can tell'
  return `the limit lies inside; some ${Math.max(samples, merge.total + 1)} samples are needed`
}

function shareBelow(merge: Merge, limitNs: number): number {
  const { buckets, significantBits } = merge.data()
  let below = 0
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    if (bucketHigh(buckets[i] ?? 0, significantBits) < limitNs) below += buckets[i + 1] ?? 0
  }
  return below / merge.total
}
