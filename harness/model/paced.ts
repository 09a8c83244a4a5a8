import type { Job } from './plan.ts'

/** How many of the jobs send by a schedule, and so wait for instants. */
export function pacedSenders(jobs: readonly Job[]): number {
  return jobs.filter((job) => 'arrivals' in job && !['closed', 'flood'].includes(job.arrivals.kind)).length
}
