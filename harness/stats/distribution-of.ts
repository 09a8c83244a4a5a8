/** Merged samples of one time, with the quantiles that they can tell. */
import { quantiles, type QuantileName } from '../model/metric.ts'
import type { HistogramData } from '../model/recording.ts'
import type { Merge, Quantile } from './merge.ts'

export interface Distribution {
  readonly data: HistogramData
  /** Absent where the tail is too thin. */
  readonly quantiles: Readonly<Partial<Record<QuantileName, Quantile>>>
}

export function distributionOf(merge: Merge): Distribution {
  const found = Object.entries(quantiles).flatMap(([label, q]) => {
    const quantile = merge.quantile(q)
    return quantile === undefined ? [] : [[label, quantile]]
  })
  return { data: merge.data(), quantiles: Object.fromEntries(found) as Distribution['quantiles'] }
}
