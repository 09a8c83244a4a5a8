/**
 * Looking more than once has a price. Lan and DeMets ("Discrete sequential boundaries for clinical trials", Biometrika 70,
 * 1983) spend the error rate along a function of the share of information seen: theirs like Pocock's, or that of the
 * power family (Kim and DeMets, Biometrika 74, 1987). What each look may spend is used here as that look's own level: with the union bound
 * this holds whatever the dependence between looks, and with exact tests of few pairs, at the cost of being a little stricter
 * than their boundaries, which need normal statistics. It needs looks whose times are set beforehand, as they are.
 */

/** `pocock` spends early, what little is known; `power` keeps nearly all for the last look, which sees the most. */
export type Spending = 'pocock' | 'power'

/** Cumulative error spent at the share `t` (0 to 1) of the budget. */
const functions: Readonly<Record<Spending, (t: number, alpha: number) => number>> = {
  pocock: (t, alpha) => alpha * Math.log(1 + (Math.E - 1) * t),
  power: (t, alpha) => alpha * t ** 6,
}

export function spent(kind: Spending, share: number, alpha: number): number {
  if (share <= 0) return 0
  return functions[kind](Math.min(1, share), alpha)
}
