/** How many pairs would decide it? An estimate from the spread seen so far, for people and for planning, not for judging. */
import { normalQuantile } from '../stats/distribution.ts'
import { deviation } from '../stats/order.ts'
import type { CheckSettings, PairedMetric } from './check.ts'

/** Asymptotic efficiency of the signed-rank test against the t test under normal noise: 3/π. */
const efficiency = 3 / Math.PI
/** The chance, wanted of that many pairs, that a check decides when nothing has changed. */
const wantedPower = 0.9

/**
 * Pairs after which "same" is said with 90 % chance when nothing changed: (z(1 − level) + z(½ + power/2))² s² / margin², over
 * the efficiency of ranks; never fewer than the exact test of so many metrics needs. Undefined for fewer than 3 changes.
 */
export function pairsToDecide(
  metric: Pick<PairedMetric, 'margin' | 'unit'>,
  changes: readonly number[],
  metrics: number,
  settings: CheckSettings,
): number | undefined {
  if (changes.length < 3 || metric.unit === 'count' || metric.margin <= 0) return undefined
  const z = normalQuantile(1 - settings.sameLevel) + normalQuantile(0.5 + wantedPower / 2)
  const forSame = (z * deviation(changes)) ** 2 / Math.log1p(metric.margin) ** 2 / efficiency
  const forWorse = Math.log2(Math.max(1, metrics) / settings.worseLevel)
  return Math.ceil(Math.max(forSame, forWorse))
}
