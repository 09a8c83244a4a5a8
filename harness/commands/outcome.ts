import type { Outcome } from '../model/report.ts'

const ranked: readonly { readonly outcome: Outcome; readonly status: number }[] = [
  { outcome: 'fail', status: 1 },
  { outcome: 'unknown', status: 2 },
]

/** The worst wins: 1 when anything failed, else 2 when anything is unknown, else 0. Nothing to judge is unknown. */
export function outcomeStatus(outcomes: readonly Outcome[]): number {
  if (outcomes.length === 0) return 2
  return ranked.find(({ outcome }) => outcomes.includes(outcome))?.status ?? 0
}
