/** Sets the rate of a command line in the schedules of a scenario. */
import { arrivalsSchema, type Arrivals } from '../model/scenario.ts'
import type { Overrides } from '../model/expanded.ts'
import { isObject, validOf } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

/** Messages a second of the first workload that has one rate; undefined where none has, as with floods and closed loops. */
export function ownRate(input: unknown): number | undefined {
  const first = workloadsOf(input).map(arrivalsOf).find(hasOneRate)
  return first?.perSecond
}

/** The first rate becomes `perSecond`; all others, those of staircases too, keep their ratio to it. */
export function atRate(input: Readonly<Record<string, unknown>>, perSecond: number): Readonly<Record<string, unknown>> {
  const own = ownRate(input)
  if (own === undefined) return input
  const set = (rate: number) => (rate * perSecond) / own
  const workloads = workloadsOf(input).map((workload) => {
    const arrivals = arrivalsOf(workload)
    return isObject(workload) && arrivals !== undefined ? { ...workload, arrivals: scaled(arrivals, set) } : workload
  })
  return { ...input, workloads }
}

/** The rate of a scenario whose variants change rates cannot be set. */
export function rateProblems(input: unknown, { rate, variants }: Overrides): readonly Problem[] {
  if (rate === undefined || !isObject(input) || ownRate(input) === undefined) return []
  const named = variants ?? input['variants']
  const sets = [...(isObject(named) ? Object.values(named) : []), input['vary']]
  const paths = sets.flatMap((set) => (isObject(set) ? Object.keys(set) : []))
  const varied = paths.find((path) => /^workloads\.[^.]*\.arrivals(\.|$)/.test(path))
  if (varied === undefined) return []
  return problemAt(varied, `must not be varied where --rate sets it, got ${printed(rate.perSecond)}`)
}

function hasOneRate(arrivals: Arrivals | undefined): arrivals is Extract<Arrivals, { readonly perSecond: number }> {
  return arrivals !== undefined && 'perSecond' in arrivals
}

function scaled(arrivals: Arrivals, set: (rate: number) => number): Arrivals {
  if ('perSecond' in arrivals) return { ...arrivals, perSecond: set(arrivals.perSecond) }
  return arrivals.kind === 'staircase' ? { ...arrivals, from: set(arrivals.from), to: set(arrivals.to) } : arrivals
}

function workloadsOf(input: unknown): readonly unknown[] {
  const workloads = isObject(input) ? input['workloads'] : undefined
  return Array.isArray(workloads) ? workloads : []
}

function arrivalsOf(workload: unknown): Arrivals | undefined {
  return isObject(workload) ? validOf(arrivalsSchema, workload['arrivals']) : undefined
}
