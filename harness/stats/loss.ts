/** The account of messages: what was sent along each flow against what arrived. */
import type { Assignment } from '../model/plan.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import type { AgentFold } from './agent-fold.ts'

/**
 * Messages lost on the way to the workload, over the whole block; undefined where an agent of either side never closed
 * its account, or where nothing flows to the workload.
 */
export function lossOf(block: BlockFold, workload: WorkloadFold): number | undefined {
  const flows = block.variant.flows.filter(({ to }) => to === workload.name)
  if (flows.length === 0) return undefined
  let lost = 0
  for (const flow of flows) {
    const senders = block.workloads.get(flow.from)?.agents ?? []
    if (senders.length === 0 || ![...senders, ...workload.agents].every(({ done }) => done !== undefined))
      return undefined
    lost += countLost(senders, workload.agents, flow.delivery)
  }
  return lost
}

function countLost(senders: readonly AgentFold[], receivers: readonly AgentFold[], delivery: 'all' | 'one'): number {
  const sent = perPublisher(senders)
  if (!receivers.every(hasLedger)) {
    // Without stamps there are only totals: good enough for a sum, blind to a loss that a duplicate makes up for.
    const wanted = total(sent) * (delivery === 'all' ? connections(receivers) : 1)
    const got = receivers.reduce((sum, { done }) => sum + (done?.counts.received ?? 0), 0)
    return Math.max(0, wanted - got)
  }
  const groups = delivery === 'all' ? receivers.map((receiver) => [receiver]) : [receivers]
  let lost = 0
  for (const group of groups) {
    const got = perPublisher(group)
    const copies = delivery === 'all' ? connections(group) : 1
    for (const [publisher, count] of sent) lost += Math.max(0, count * copies - (got.get(publisher) ?? 0))
  }
  return lost
}

function hasLedger({ assignment, done }: AgentFold): boolean {
  const { job } = assignment
  const stamped = !('stamped' in job) || job.stamped
  const received = done?.counts.received ?? 0
  return stamped && (received === 0 || Object.keys(done?.perPublisher ?? {}).length > 0)
}

function perPublisher(agents: readonly AgentFold[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { done } of agents) {
    for (const [publisher, count] of Object.entries(done?.perPublisher ?? {})) {
      sums.set(publisher, (sums.get(publisher) ?? 0) + count)
    }
  }
  return sums
}

function total(sums: ReadonlyMap<string, number>): number {
  return [...sums.values()].reduce((sum, count) => sum + count, 0)
}

function connections(agents: readonly AgentFold[]): number {
  return agents.reduce((sum, { assignment }) => sum + connectionsOf(assignment), 0)
}

export function connectionsOf({ job }: Assignment): number {
  return 'connections' in job ? job.connections : 0
}
