/**
 * The two custom formats of github-action-benchmark: a list of `{ name, unit, value, range, extra }`, where either smaller or
 * bigger numbers are better. One run of ours has both kinds, so it makes two files.
 * https://github.com/benchmark-action/github-action-benchmark#tools
 */
import { count } from '../../model/count.ts'
import type { Report, Summary } from '../../model/report.ts'
import { range } from '../format.ts'
import { json } from '../json.ts'
import { oneLine, places, serversLine } from './place.ts'

interface Entry {
  readonly name: string
  readonly unit: string
  readonly value: number
  /** Shown behind the value; the tool judges by `value` alone. */
  readonly range?: string
  /** Shown when the mouse is over the point. */
  readonly extra: string
}

/** Latencies, costs, memory, loss: medians over the blocks of a variant. */
export function customSmallerIsBetter(report: Report): string {
  return entries(report, 'lower')
}

/** Throughputs: medians over the blocks of a variant. */
export function customBiggerIsBetter(report: Report): string {
  return entries(report, 'higher')
}

function entries(report: Report, better: Summary['better']): string {
  const placeOf = places(report)
  const list = report.summaries.flatMap((summary): Entry[] => {
    const { median, interval, metric, unit, lagged } = summary
    // a percentile that is the generator's lag would be taken for the server's
    if (lagged === true || summary.better !== better || median === undefined || !Number.isFinite(median)) return []
    return [
      {
        name: `${placeOf(summary.workload, summary.variant)} ${oneLine(metric)}`,
        unit,
        value: median,
        ...(interval === undefined ? {} : { range: range(interval, unit) }),
        extra: extra(report, summary),
      },
    ]
  })
  return json(list)
}

function extra({ run, plan, facts, verdict }: Report, { blocks, confidence }: Summary): string {
  const sure = confidence === undefined ? '' : `, interval at ${(confidence * 100).toFixed(1)} %`
  return [
    `median of ${count(blocks, 'block')}${sure}`,
    `run ${oneLine(run)}, verdict ${verdict.outcome}`,
    `${serversLine({ facts })} on ${plan.substrate}`,
    `${oneLine(facts.host.os)} ${oneLine(facts.host.kernel)} ${oneLine(facts.host.arch)}, ${oneLine(facts.host.cpuModel ?? 'CPU unknown')}`,
  ].join('\n')
}
