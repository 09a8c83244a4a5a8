/**
 * Processes that go on from block to block, for a start of Node.js takes seconds on a slow board. Those that measure the floor or watch
 * the servers always may: neither is load, so neither needs a fresh process for each block.
 */
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment } from '../model/plan.ts'
import type { AgentProcess, AgentRequest } from './agent-process.ts'

export function goesOn({ job }: Assignment): boolean {
  const { role } = factsOf(job.kind)
  return role === 'floor' || role === 'watch'
}

export class Crew {
  readonly #idle = new Map<string, readonly AgentProcess[]>()

  /** Which assignments are done by processes that go on. */
  readonly takes: (assignment: Assignment) => boolean

  constructor(takes: Crew['takes'] = goesOn) {
    this.takes = takes
  }

  /** The process that did these assignments in an earlier block does them again; undefined where there is none. */
  again(requests: readonly AgentRequest[]): readonly AgentProcess[] | undefined {
    const key = keyOf(requests.map(({ assignment }) => assignment))
    const idle = this.#idle.get(key)
    this.#idle.delete(key)
    return idle?.map((agent, i) => agent.next(requests[i]!))
  }

  /** Keeps the process that began a block with these assignments; `last` is what it did last there. */
  keep(began: readonly Assignment[], last: readonly AgentProcess[]): void {
    this.#idle.set(keyOf(began), last)
  }

  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat()
    this.#idle.clear()
    await Promise.all(idle.map((agent) => agent.stop()))
  }
}

/** Variants may give nodes of one name assignments of one name: they differ in the node that was built. */
function keyOf(assignments: readonly Assignment[]): string {
  return assignments.map(({ id, node }) => `${id} ${node}`).join(', ')
}
