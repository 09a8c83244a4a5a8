/** Had a block settled? The second half of its measured window against the first. */
import { mainTimes } from '../model/kinds/kind.ts'
import type { WorkloadFold } from './block-fold.ts'
import { median } from './order.ts'

/** Fewer seconds than this in a half say nothing. */
const fewestSeconds = 2

export interface Drift {
  readonly rateDrift?: number
  readonly latencyDrift?: number
}

export function driftOf(workload: WorkloadFold, [from, to]: readonly [number, number]): Drift {
  const middle = (from + to) / 2
  const early = workload.rate.cumulativeAt(middle) - workload.rate.cumulativeAt(from)
  const late = workload.rate.cumulativeAt(to) - workload.rate.cumulativeAt(middle)
  const line = mainTimes.flatMap((time) => workload.quantiles.get(time) ?? [])[0]
  const points = line?.lines().get('p50') ?? []
  const half = (low: number, high: number) =>
    points.flatMap(([end, value]) => (end * 1e9 > low + 0.5e9 && end * 1e9 <= high + 0.5e9 ? [value] : []))
  const [first, second] = [half(from, middle), half(middle, to)]
  const enough = Math.min(first.length, second.length) >= fewestSeconds
  const [before = 0, after = 0] = [median(first), median(second)]
  return {
    ...(to - from >= 2 * fewestSeconds * 1e9 && early > 0 ? { rateDrift: late / early } : {}),
    ...(enough && before > 0 ? { latencyDrift: after / before } : {}),
  }
}
