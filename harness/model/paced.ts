import type { Assignment, Job, Plan } from './plan.ts'

/** How many of the processes send by a schedule, and so wait for instants. */
export function pacedSenders(processes: readonly (readonly Pick<Assignment, 'job'>[])[]): number {
  return processes.filter((assignments) => assignments.some(({ job }) => isPaced(job))).length
}

/** Does it send by a schedule? */
export function isPaced(job: Job): boolean {
  return 'arrivals' in job && !['closed', 'flood'].includes(job.arrivals.kind)
}

/** `1,000 msg/s instead of 20,000: asked for with --rate`; nothing where the scenario's own rate was run. */
export function rateWords({ rate }: Pick<Plan, 'rate'>): readonly string[] {
  if (rate === undefined) return []
  const [set, own] = [rate.perSecond, rate.own].map((perSecond) => perSecond.toLocaleString('en-US'))
  return [`${set} msg/s instead of ${own}: ${rate.because}`]
}
