/** Effects of faults as numbers of their workload: the worst of its faults in one block. */
import type { Measured } from '../model/metric-entry.ts'
import type { WorkloadFold } from './block-fold.ts'
import type { FaultEffect } from './fault-effects.ts'

/** Each is absent where no fault made it, or where it was not over. */
type FaultNumbers = Pick<Measured, 'resumeNs' | 'backHalfNs' | 'backMostNs' | 'backAllNs' | 'settleNs'>

const numbers: { readonly [K in keyof FaultNumbers]-?: (effect: FaultEffect) => number | undefined } = {
  resumeNs: ({ resumedNs }) => resumedNs,
  backHalfNs: ({ connections }) => connections?.halfNs,
  backMostNs: ({ connections }) => connections?.mostNs,
  backAllNs: ({ connections }) => connections?.allNs,
  settleNs: ({ settledNs }) => settledNs,
}

export function faultNumbers(effects: readonly FaultEffect[], workload: string): FaultNumbers {
  const own = effects.filter((effect) => effect.workload === workload)
  const told = Object.entries(numbers).flatMap(([name, of]) => {
    const all = own.flatMap((effect) => of(effect) ?? [])
    return all.length === 0 ? [] : [[name, Math.max(...all)]]
  })
  return Object.fromEntries(told) as FaultNumbers
}

/** Longest time in the measured window in which one of its agents got nothing; what was before the window does not count. */
export function longestGap({ agents }: WorkloadFold): { readonly gapNs?: number } {
  const all = agents.flatMap(({ gaps, fromNs: windowNs }) =>
    gaps.flatMap(({ fromNs, toNs, measured }) => (measured ? [Math.max(0, toNs - Math.max(fromNs, windowNs))] : [])),
  )
  return all.length === 0 ? {} : { gapNs: Math.max(...all) }
}
