/**
 * Bencher Metric Format: benchmark → measure → value with its bounds, for `bencher run --adapter json`.
 * `throughput` is Bencher's own measure of that name; the others are made by it when they first come.
 * https://bencher.dev/docs/reference/bencher-metric-format
 */
import type { Report } from '../../model/report.ts'
import { made } from '../../stats/made.ts'
import { json } from '../json.ts'
import { oneLine, places } from './place.ts'

interface Metric {
  readonly value: number
  readonly lower_value?: number
  readonly upper_value?: number
}

/** Medians over the blocks of a variant, in our units (`ns`, `msg/s` ...); bounds are the interval of the median. A percentile that is the generator's lag is left out. */
export function bencher(report: Report): string {
  const placeOf = places(report)
  const table = new Map<string, Map<string, Metric>>()
  for (const { workload, variant, metric, median, interval, lagged } of report.summaries) {
    if (lagged === true || median === undefined || !Number.isFinite(median)) continue
    made(table, placeOf(workload, variant), () => new Map<string, Metric>()).set(measureName(metric), {
      value: median,
      ...(interval === undefined ? {} : { lower_value: interval[0], upper_value: interval[1] }),
    })
  }
  // entries become own properties, whatever they are called
  const plain = Object.fromEntries([...table].map(([place, measures]) => [place, Object.fromEntries(measures)]))
  return json(plain)
}

/** A slug, so that Bencher finds the same measure each time: `latency.p99.9` → `latency-p99-9`; at most 64 characters. */
function measureName(metric: string): string {
  return oneLine(metric)
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
}
