/** Which metrics a regression check judges, and how large a change of each is of no practical importance. */
import { isShown } from '../model/metric.ts'
import type { Measurement } from '../model/report.ts'

/**
 * A change within ± this share counts as the same. One margin for all, well below the 5 % that a check must never call the
 * same: a quantile far out is not judged by default, because no affordable number of pairs would decide it.
 */
export const usualMargin = 0.03

/** Margins by metric name; those named here are judged even where they usually are not. */
export type Margins = Readonly<Record<string, number>>

/** Undefined: not judged. Counts have no margin: one more is more. */
export function marginOf(row: Pick<Measurement, 'metric' | 'unit'>, margins: Margins = {}): number | undefined {
  const own = margins[row.metric]
  if (own !== undefined) return own
  if (!isShown('check', row.metric)) return undefined
  return row.unit === 'count' ? 0 : (margins['*'] ?? usualMargin)
}
