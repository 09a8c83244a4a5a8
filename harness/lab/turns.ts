/**
 * Which process does what of a block. The floor is measured before the load, so a process that measured it takes over the watch of the
 * servers from its node afterwards: a start of Node.js less for each block, which on a slow board is a second. A load has a process
 * of its own, started and ready before the floor: taken over it was slower in three of three alternating runs (fan-in on two cores:
 * p50 0.5 ms in place of 0.4).
 *
 * Senders that follow a schedule and await no answer may share processes where nodes are only names of the host's own programs. With
 * more of them than cores each waits for the others' time on a core: four on two cores sent 12.5 ms late (p99) with a process each and
 * 4.1 ms from one process, at 45 and 32 us of CPU a message.
 */
import { factsOf } from '../model/kinds/kinds.ts'
import { isPaced } from '../model/paced.ts'
import type { Assignment, Job, Plan, Variant } from '../model/plan.ts'
import { substrates } from '../model/substrates.ts'

export interface Turns {
  /** A process is started for each of these, on the node of its first assignment; it does all of them at once. */
  readonly first: readonly (readonly Assignment[])[]
  /** By the id of the assignment that the same process did before. */
  readonly after: ReadonlyMap<string, Assignment>
}

/** `processes`: as many as the senders of one workload that may share are spread over at most: CPU time is told by workload. */
export function turnsOf(assignments: readonly Assignment[], sharing: readonly Assignment[], processes: number): Turns {
  const roleOf = ({ job }: Assignment) => factsOf(job.kind).role
  const waiting = assignments.filter((each) => roleOf(each) === 'watch')
  const after = new Map<string, Assignment>()
  for (const floor of assignments.filter((each) => roleOf(each) === 'floor')) {
    const at = waiting.findIndex(({ node }) => node === floor.node)
    const [watch] = at < 0 ? [] : waiting.splice(at, 1)
    if (watch !== undefined) after.set(floor.id, watch)
  }
  const later = new Set(after.values())
  const shared = new Set(sharing)
  const alone = assignments.filter((each) => !later.has(each) && !shared.has(each))
  const together = [...Map.groupBy(sharing, ({ workload }) => workload).values()].flatMap((agents) =>
    Array.from({ length: Math.min(processes, agents.length) }, (_, i) =>
      agents.filter((_, place) => place % processes === i),
    ),
  )
  return { first: [...alone.map((each) => [each]), ...together], after }
}

/** Those that may share processes: not where a node has limits of its own, or where a fault may meet one of them alone. */
export function sharingOf({ substrate, nodes, faults }: Plan, { assignments }: Variant): readonly Assignment[] {
  if (substrate === 'imported' || substrates[substrate].sharesProcesses !== true || faults.length > 0) return []
  const free = new Set(
    nodes.filter(({ cpus, memoryBytes }) => cpus === undefined && memoryBytes === undefined).map(({ name }) => name),
  )
  return assignments.filter(({ node, job }) => free.has(node) && awaitsNothing(job))
}

/** What it counts it has sent: one that is answered or acknowledged counts what came back. */
export function awaitsNothing(job: Job): boolean {
  const { ends, counts } = factsOf(job.kind)
  return ends && counts === 'sent' && isPaced(job)
}

/** Half of the cores, for the server and the receivers need the others. `cores` are unknown where a host does not tell. */
export function processesFor(cores: number | undefined): number {
  return cores === undefined ? Infinity : Math.max(1, Math.floor(cores / 2))
}
