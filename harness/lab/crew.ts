/**
 * Processes that go on from block to block: those that measure the floor or watch the servers. Neither is load, so neither
 * needs a fresh process for each block, and a start of Node.js takes seconds on a slow board. Every load has fresh ones.
 */
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment } from '../model/plan.ts'
import type { AgentProcess, AgentRequest } from './agent-process.ts'

export function goesOn({ job }: Assignment): boolean {
  const { role } = factsOf(job.kind)
  return role === 'floor' || role === 'watch'
}

export class Crew {
  readonly #idle = new Map<string, AgentProcess>()

  /** A process that did this assignment in an earlier block does it again; undefined where there is none. */
  again(request: AgentRequest): AgentProcess | undefined {
    const key = keyOf(request.assignment)
    const idle = this.#idle.get(key)
    this.#idle.delete(key)
    return idle?.next(request)
  }

  /** Keeps the process that began a block with this assignment; `last` is what it did last there. */
  keep(began: Assignment, last: AgentProcess): void {
    this.#idle.set(keyOf(began), last)
  }

  async close(): Promise<void> {
    const idle = [...this.#idle.values()]
    this.#idle.clear()
    await Promise.all(idle.map((agent) => agent.stop()))
  }
}

/** Variants may give nodes of one name assignments of one name: they differ in the node that was built. */
function keyOf({ id, node }: Assignment): string {
  return `${id} ${node}`
}
