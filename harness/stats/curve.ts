/** A whole percentile curve from one histogram, in three passes over its buckets instead of one for each point. */
import type { HistogramData } from '../model/recording.ts'
import { fewestBeyond, Merge } from './merge.ts'
import { rankInterval } from './order.ts'

export interface CurvePoint {
  /** −log10(1 − q): 0 is the smallest value, 1 is p90, 2 is p99. */
  readonly nines: number
  readonly value: number
  /** 95 % by ranks. */
  readonly interval: readonly [number, number]
}

/** `points` + 1 quantiles, evenly by nines, from and to where ten samples lie outside; none of a thinner histogram. */
export function percentileCurve(data: HistogramData, points: number, mostNines = 5): readonly CurvePoint[] {
  const { total } = data
  if (total < 4 * fewestBeyond) return []
  const merge = new Merge()
  merge.add(data)
  const from = -Math.log10(1 - fewestBeyond / total)
  const to = Math.min(mostNines, Math.log10(total / fewestBeyond))
  const nines = Array.from({ length: points + 1 }, (_, i) => from + ((to - from) * i) / points)
  const quantiles = nines.map((x) => 1 - 10 ** -x)
  const ranks = quantiles.map((q) => rankInterval(total, q))
  const lows = merge.atRanks(ranks.map(([low]) => low))
  const values = merge.atRanks(quantiles.map((q) => Math.min(total, Math.max(1, Math.ceil(total * q)))))
  const highs = merge.atRanks(ranks.map(([, high]) => high))
  return nines.map((x, i) => ({
    nines: x,
    value: values[i] ?? Number.NaN,
    interval: [lows[i] ?? Number.NaN, highs[i] ?? Number.NaN],
  }))
}
