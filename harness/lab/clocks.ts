/** One-way times between nodes need one clock: that of one kernel, which a Linux time namespace may shift. */
import { BenchError } from '../model/error.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { Assignment } from '../model/plan.ts'
import type { AgentProcess } from './agent-process.ts'

/** Throws where nodes of several hosts would time each other's messages, or where agents say that their clocks differ. */
export function checkClocks(
  assignments: readonly Assignment[],
  hosts: ReadonlySet<string>,
  hellos: readonly Awaited<AgentProcess['hello']>[],
): void {
  const oneWay = assignments.find(({ job }) => workloadFacts(job.kind)?.histograms.includes('latency'))
  if (hosts.size > 1 && oneWay !== undefined) {
    throw new BenchError(
      'unavailable',
      `${oneWay.workload} must time messages by one clock, got those of ${[...hosts].join(' and ')}`,
      { hint: 'place it on the host of those who send to it: one-way times between hosts are not measured' },
    )
  }
  const offsets = new Set(hellos.map((hello) => hello.clock.offsets ?? ''))
  if (offsets.size > 1) {
    throw new BenchError('agent', `nodes must share one monotonic clock, got ${offsets.size} time namespaces`, {
      hint: 'start the containers without a time namespace of their own',
    })
  }
}
