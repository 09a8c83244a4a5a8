/** Does a report reach a throughput, and is it better than another report? */
import { BenchError } from '../model/error.ts'
import { count } from '../model/count.ts'
import { metrics } from '../model/metric.ts'
import type { Report, Value } from '../model/report.ts'
import { twoSampleShift } from '../stats/two-sample.ts'
import { moreBlocks } from '../verdict/bound.ts'
import { amount, amountsApart } from '../verdict/words.ts'
import { checkWorkload, label, ofWhole, sidedJudged, together, type Judged } from './judged.ts'
import { receivers } from './workloads.ts'

export interface ThroughputOptions {
  /** By default all workloads that subscribe or request; publishers where there are none. */
  readonly workload?: string
}

/** With three blocks or more the interval of their median decides; with fewer every block must reach the rate. */
export function throughput(report: Report, perSecond: number, options: ThroughputOptions): Judged {
  checkWorkload(report, options.workload)
  return ofWhole(report, () => {
    const names = options.workload === undefined ? receivers(report) : [options.workload]
    const parts = names.flatMap((name) =>
      report.plan.variants.map(({ name: variant }) => reached(report, name, variant, perSecond)),
    )
    return together(parts, 'no workload counts messages')
  })
}

function reached(report: Report, workload: string, variant: string, perSecond: number): Judged {
  const who = label(report, workload, variant)
  const row = report.summaries.find(
    (each) => each.workload === workload && each.variant === variant && each.metric === 'throughput',
  )
  if (row?.median === undefined) return { outcome: 'unknown', lines: [`${who}: no throughput was measured`] }
  const [low, high] = row.interval ?? [row.min ?? row.median, row.max ?? row.median]
  const [median, from, to] = amountsApart([row.median, low, high], perSecond, row.unit)
  const seen = `${who}: ${median}, ${from} to ${to} over ${count(row.blocks, 'block')}`
  return sidedJudged(
    [low, high],
    (value) => value >= perSecond,
    seen,
    () => `use more blocks (repeats: ${moreBlocks(row.blocks)})`,
  )
}

export interface FasterOptions {
  /** A name such as `rtt.p50` or `cpu.perMessage`; by default `throughput`. */
  readonly metric?: string
  /** By default all workloads that subscribe or request; publishers where there are none. */
  readonly workload?: string
}

/** One-sided at 95 %: the two-sided interval of 90 % must lie on the better side of zero. */
const confidence = 0.9
/** With fewer blocks on a side this confidence cannot be reached: with 3 against 3 the rarest result has a chance of 1 in 20. */
const fewestBlocks = 3

/**
 * Two reports that were not interleaved: the Hodges–Lehmann shift between their blocks with its exact interval. A machine that
 * drifts between the two can mislead it: for a safe claim use variants in one run, or `bench check`.
 */
export function faster(report: Report, other: Report, { metric = 'throughput', workload }: FasterOptions): Judged {
  checkWorkload(report, workload)
  checkWorkload(other, workload)
  if (metrics[metric] === undefined) {
    throw new BenchError(
      'usage',
      `metric must be a known one such as throughput or rtt.p50, got ${JSON.stringify(metric)}`,
    )
  }
  return ofWhole(report, () =>
    ofWhole(other, () => {
      const names = (workload === undefined ? receivers(report) : [workload]).filter((name) =>
        receivers(other)
          .concat(workload ?? [])
          .includes(name),
      )
      return together(
        names.map((name) => shifted(name, metric, valuesOf(report, name, metric), valuesOf(other, name, metric))),
        'the two reports have no workload in common',
      )
    }),
  )
}

function shifted(workload: string, metric: string, mine: readonly number[], theirs: readonly number[]): Judged {
  const facts = metrics[metric]
  const unit = facts?.unit ?? 'count'
  if (Math.min(mine.length, theirs.length) < fewestBlocks) {
    const got = `${mine.length} and ${theirs.length}`
    return {
      outcome: 'unknown',
      lines: [`${workload} ${metric}: ${fewestBlocks} blocks a side are needed, got ${got}`],
    }
  }
  const sign = facts?.better === 'lower' ? -1 : 1
  const found = twoSampleShift(theirs, mine, confidence)
  const shown = (value: number) => `${value < 0 ? '−' : '+'}${amount(Math.abs(value), unit)}`
  if (found?.interval === undefined)
    return { outcome: 'unknown', lines: [`${workload} ${metric}: no values to compare`] }
  const [low, high] = found.interval
  const seen = `${workload} ${metric}: ${shown(found.estimate)}, 90 % interval ${shown(low)} to ${shown(high)}, ${mine.length} blocks against ${theirs.length}`
  return sidedJudged(
    [low, high],
    (value) => value * sign > 0,
    seen,
    () => 'zero lies inside: use more blocks',
  )
}

function valuesOf(report: Report, workload: string, metric: string): readonly number[] {
  const row = report.measurements.find((each) => each.workload === workload && each.metric === metric)
  return (row?.values ?? []).flatMap(({ value }: Value) => value ?? [])
}
