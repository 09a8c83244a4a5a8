/** What each node used in the measured window, and why that is not known where it is not. */
import { factsOf } from '../model/kinds/kinds.ts'
import { cpuShare } from './agent-fold.ts'
import type { BlockFold, NodeFold } from './block-fold.ts'

/** Nanoseconds since the start of the block. */
export type Window = readonly [number, number]

export interface NodeUse {
  readonly node: string
  readonly role: 'server' | 'load'
  /** Of one core. */
  readonly share?: number
  readonly memoryBytes: number
  /** Why there is no share though it was read: the instants of its readings and the window, in seconds. */
  readonly unread?: { readonly at: readonly number[]; readonly window: Window; readonly fell: boolean }
}

/**
 * A node uses at least what its agents say of themselves; a reading of less came after their end, for what a process
 * had used goes with it where nodes are read by their processes. Agents of the floor were done before the load began. A node
 * whose agents all worked in the process of another one has no use of its own.
 */
export function nodesOf(block: BlockFold, window: Window): NodeUse[] {
  const services = new Set(block.variant.services.map(({ node }) => node))
  return block.variant.nodes.flatMap((node) => {
    const role = services.has(node) ? 'server' : 'load'
    const agents = [...block.agents.values()].filter(
      ({ assignment: { node: at, job } }) => at === node && factsOf(job.kind).role !== 'floor',
    )
    if (agents.length > 0 && agents.every(({ guestOf }) => guestOf !== undefined)) return []
    const shares = agents.flatMap((agent) => cpuShare(agent) ?? [])
    const ofAgents = shares.reduce((sum, share) => sum + share, 0)
    const memoryBytes = agents.reduce((sum, agent) => sum + agent.memoryBytes, 0)
    const measured = block.nodes.get(node)
    if (measured !== undefined) {
      const { share, unread, ...whole } = usageOf(measured, window)
      const most = { ...whole, memoryBytes: Math.max(whole.memoryBytes, memoryBytes) }
      if (shares.length > 0) return [{ node, role, ...most, share: Math.max(share ?? 0, ofAgents) }]
      return [{ node, role, ...most, ...(share === undefined ? { unread } : { share }) }]
    }
    if (shares.length === 0) return []
    return [{ node, role, share: ofAgents, memoryBytes }]
  })
}

function usageOf({ cpuMicros, memoryBytes }: NodeFold, window: Window) {
  const fell = cpuMicros.fellIn(...window)
  const cpu = fell ? undefined : cpuMicros.ratePerSecond(...window)
  const [from, to] = window.map((at) => at / 1e9) as [number, number]
  return {
    memoryBytes,
    unread: { at: cpuMicros.at.map((at) => at / 1e9), window: [from, to] as const, fell },
    ...(cpu === undefined ? {} : { share: Math.max(0, cpu) / 1e6 }),
  }
}
