/**
 * Which process does what of a block. The floor is measured before the load, so a process that measured it takes over the watch of the
 * servers from its node afterwards: a start of Node.js less for each block, which on a slow board is a second. A load has a process of
 * its own, started and ready before the floor: taken over it was slower in three of three alternating runs (fan-in on two cores: p50 0.5 ms in place of 0.4).
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
  const waiting = assignments.filter((each) => roleOf(each) === 'watch')
  const after = new Map<string, Assignment>()
  for (const floor of assignments.filter((each) => roleOf(each) === 'floor')) {
    const at = waiting.findIndex(({ node }) => node === floor.node)
    const [watch] = at < 0 ? [] : waiting.splice(at, 1)
    if (watch !== undefined) after.set(floor.id, watch)
  }
  const later = new Set(after.values())
  return { first: assignments.filter((each) => !later.has(each)), after }
}
