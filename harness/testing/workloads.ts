/** Which workloads of a report a matcher looks at, and what their messages carry. */
import type { MainTime } from '../model/kinds/kind.ts'
import { kinds } from '../model/kinds/kinds.ts'
import type { Report } from '../model/report.ts'

/** Do the messages of this workload carry sequence numbers? */
export function isStamped(report: Report, workload: string): boolean {
  return report.plan.variants
    .flatMap(({ assignments }) => assignments)
    .every(({ workload: name, job }) => name !== workload || !('stamped' in job) || job.stamped)
}

/** Workloads that receive: subscribers and requesters; where there are none, all workloads. */
export function receivers(report: Report): readonly string[] {
  const all = report.plan.scenario.workloads
  const receiving = all.filter(({ kind }) => kinds[kind].delivered)
  return (receiving.length > 0 ? receiving : all).map(({ name }) => name)
}

/** The time that a workload measures from the due time: one way, or the round trip. */
export function timeOf(report: Report, workload: string): MainTime | undefined {
  const found = report.plan.scenario.workloads.find(({ name }) => name === workload)
  return found === undefined ? undefined : kinds[found.kind].mainTime
}

/** Verbs of the kinds of workload for which `of` is true, such as `subscribes or requests`. */
export function verbs(of: (facts: (typeof kinds)[keyof typeof kinds]) => boolean): string {
  return Object.values(kinds)
    .filter(of)
    .map(({ verb }) => verb)
    .join(' or ')
}
