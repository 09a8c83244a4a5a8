/**
 * Looking more than once has a price. Lan and DeMets ("Discrete sequential boundaries for clinical trials", Biometrika 70,
 * 1983) spend the error rate along a function of the share of information seen. What each look may spend is used here as
 * that look's own level: with the union bound this holds whatever the dependence between looks, and with exact tests of
 * few pairs, at the cost of being a little stricter than their boundaries, which need normal statistics.
 */
import { normalCdf, normalQuantile } from './distribution.ts'

export type Spending = 'pocock' | 'obrien-fleming'

/** Cumulative error spent at the share `t` (0 to 1) of the budget. */
const functions: Readonly<Record<Spending, (t: number, alpha: number) => number>> = {
  pocock: (t, alpha) => alpha * Math.log(1 + (Math.E - 1) * t),
  'obrien-fleming': (t, alpha) => 2 - 2 * normalCdf(normalQuantile(1 - alpha / 2) / Math.sqrt(t)),
}

export function spent(kind: Spending, share: number, alpha: number): number {
  if (share <= 0) return 0
  return functions[kind](Math.min(1, share), alpha)
}
