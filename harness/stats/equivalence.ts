/**
 * "Same" as a claim with evidence: two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987),
 * here with the exact signed-rank test. Same at level β means: a shift as large as the margin, either way, is refuted.
 */
import { signedRank } from './signed-rank.ts'

/** p-value of "the true shift is outside ± margin". `margin` > 0, in the unit of the differences. */
export function equivalenceP(differences: readonly number[], margin: number): number {
  if (differences.length === 0) return 1
  const overLower = signedRank(differences.map((difference) => difference + margin)).above
  const underUpper = signedRank(differences.map((difference) => difference - margin)).below
  return Math.max(overLower, underUpper)
}
