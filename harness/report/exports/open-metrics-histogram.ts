/** Distributions as OpenMetrics histograms, with bounds 1, 2, 5, 10 ... so that those of two runs can be added. */
import { bucketHigh } from '../../agent/histogram.ts'
import type { HistogramData } from '../../model/recording.ts'
import type { Report } from '../../model/report.ts'
import { family, sample, snake } from './open-metrics-text.ts'
import type { Labels } from './open-metrics-text.ts'

/** From 1 µs to 10 s. */
const boundsNs = [3, 4, 5, 6, 7, 8, 9].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power)).concat(1e10)

/** Without `_sum`: we keep counts, and a sum made from them would only look exact. */
export function distributions({ histograms }: Report, shared: Labels): string[] {
  const names = [...new Set(histograms.map(({ name }) => name))]
  return names.flatMap((name) => {
    const full = `nats_bench_${snake(name)}_distribution_seconds`
    const lines = histograms
      .filter((histogram) => histogram.name === name && histogram.data.total > 0)
      .flatMap(({ workload, variant, data }) =>
        cumulative(data).map(([le, count]) =>
          sample(`${full}_bucket`, { ...shared, workload, variant, distribution: name, le }, count),
        ),
      )
    return lines.length === 0 ? [] : [family(full, 'histogram', `all blocks together: ${name}`, 'seconds'), ...lines]
  })
}

/** A bucket of ours that lies across a bound counts above it: it is at most 0.1 % wide. */
function cumulative(data: HistogramData): (readonly [string, number])[] {
  let [at, seen] = [0, 0]
  const counts = boundsNs.map((bound): readonly [string, number] => {
    for (; at + 1 < data.buckets.length; at += 2) {
      if (bucketHigh(data.buckets[at] ?? 0, data.significantBits) > bound) break
      seen += data.buckets[at + 1] ?? 0
    }
    return [String(Number((bound / 1e9).toPrecision(3))), seen]
  })
  return [...counts, ['+Inf', data.total]]
}
