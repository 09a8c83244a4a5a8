/** Which workloads of a report a matcher looks at, and what their messages carry. */
import type { Report } from '../model/report.ts'

/** Can the agents of this subscriber read sequence numbers? */
export function isStamped(report: Report, workload: string): boolean {
  return report.plan.variants
    .flatMap(({ assignments }) => assignments)
    .every(({ workload: name, job }) => name !== workload || job.kind !== 'subscribe' || job.stamped)
}

/** Those that receive: subscribers and requesters; where there are none, publishers. */
export function receivers(report: Report): readonly string[] {
  const all = report.plan.scenario.workloads
  const receiving = all.filter(({ kind }) => kind === 'subscribe' || kind === 'request')
  return (receiving.length > 0 ? receiving : all).map(({ name }) => name)
}

/** Kind of time that a workload measures from the due time: one way, or the round trip. */
export function timeOf(report: Report, workload: string): 'latency' | 'rtt' | undefined {
  const kinds = { subscribe: 'latency', request: 'rtt', publish: undefined, reply: undefined } as const
  const found = report.plan.scenario.workloads.find(({ name }) => name === workload)
  return found === undefined ? undefined : kinds[found.kind]
}
