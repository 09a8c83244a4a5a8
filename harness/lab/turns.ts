/**
 * Which process does what of a block. The floor is measured before the load, so the processes that measured it take over a load
 * of their node afterwards: two starts of Node.js less for each block, which on a slow board are seconds.
 */
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment } from '../model/plan.ts'

export interface Turns {
  /** A process is started for each of these. */
  readonly first: readonly Assignment[]
  /** By the id of the assignment that the same process did before. */
  readonly after: ReadonlyMap<string, Assignment>
}

export function turnsOf(assignments: readonly Assignment[]): Turns {
  const roleOf = ({ job }: Assignment) => factsOf(job.kind).role
  const waiting = assignments.filter((each) => roleOf(each) === 'load')
  const after = new Map<string, Assignment>()
  for (const floor of assignments.filter((each) => roleOf(each) === 'floor')) {
    const at = waiting.findIndex(({ node }) => node === floor.node)
    const [load] = at < 0 ? [] : waiting.splice(at, 1)
    if (load !== undefined) after.set(floor.id, load)
  }
  const later = new Set(after.values())
  return { first: assignments.filter((each) => !later.has(each)), after }
}
