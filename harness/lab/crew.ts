/**
 * Agents that go on from block to block. A start of Node.js takes seconds on a slow board, and V8 compiles what is hot in the first seconds
 * of a load: on two cores four senders that had just been started had a send lag p99 of 6 to 17 ms, in their third block of 2 ms.
 */
import type { Assignment } from '../model/plan.ts'
import type { AgentProcess, AgentRequest } from './agent-process.ts'

interface Idle {
  readonly agents: readonly AgentProcess[]
  readonly done: readonly string[]
}

export class Crew {
  readonly #idle = new Map<string, Idle>()

  /** Has each of these been done by a process that waits for the next block? */
  knows(assignments: readonly Assignment[]): boolean {
    const done = new Set([...this.#idle.values()].flatMap((idle) => idle.done))
    return assignments.every((assignment) => done.has(keyOf([assignment])))
  }

  /** The process that did these assignments in an earlier block does them again; undefined where there is none. */
  again(requests: readonly AgentRequest[]): readonly AgentProcess[] | undefined {
    const key = keyOf(requests.map(({ assignment }) => assignment))
    const idle = this.#idle.get(key)
    this.#idle.delete(key)
    return idle?.agents.map((agent, i) => agent.next(requests[i]!))
  }

  /** Keeps the process that began a block with these assignments; `last` is what it did last there. */
  keep(began: readonly Assignment[], last: readonly AgentProcess[]): void {
    const done = [...began, ...last.map(({ assignment }) => assignment)].map((assignment) => keyOf([assignment]))
    this.#idle.set(keyOf(began), { agents: last, done })
  }

  async close(): Promise<void> {
    const agents = [...this.#idle.values()].flatMap((idle) => idle.agents)
    this.#idle.clear()
    await Promise.all(agents.map((agent) => agent.stop()))
  }
}

/** Variants may give nodes of one name assignments of one name: they differ in the node that was built. */
function keyOf(assignments: readonly Assignment[]): string {
  return assignments.map(({ id, node }) => `${id} ${node}`).join(', ')
}
