/** Which metrics a regression check judges, and how large a change of each does not matter in practice. */
import { isShown } from '../model/metric.ts'
import type { Measurement } from '../model/report.ts'

/**
 * A change within ± this share counts as the same. It is one margin for all metrics, well below the 5 % that a check must never call
 * the same. Quantiles far out are not judged by default: deciding them would need too many pairs.
 */
const usualMargin = 0.03

/** Margins by metric name. A metric that is named here is judged also where it usually is not. */
export type Margins = Readonly<Record<string, number>>

/** Undefined where the metric is not judged. The margin of counts is 0: one lost message more is a change. */
export function marginOf(row: Pick<Measurement, 'metric' | 'unit'>, margins: Margins = {}): number | undefined {
  const own = margins[row.metric]
  if (own !== undefined) return own
  if (!isShown('check', row.metric)) return undefined
  return row.unit === 'count' ? 0 : (margins['*'] ?? usualMargin)
}
