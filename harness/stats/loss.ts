/** The account of messages: what was sent along each flow against what arrived. */
import { summed } from '../agent/tally.ts'
import { deliveriesOf, type Delivery } from '../model/deliveries.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Assignment } from '../model/plan.ts'
import type { AgentFold } from './agent-fold.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import { sum } from './order.ts'

export interface Loss {
  readonly lost: number
  /** Received beyond what was sent: another client publishes, or messages came twice where nothing tells them apart. */
  readonly surplus: number
  /** The workloads whose queue group lost them, where the group is made of several: which of them did cannot be told. */
  readonly over?: readonly string[]
}

/**
 * Messages lost on the way to the workload, over the whole block. Where it shares a queue group with other workloads: those that
 * no member got. Undefined where an agent of either side never closed its account, or where nothing flows to the workload.
 */
export function lossOf(block: BlockFold, workload: WorkloadFold): Loss | undefined {
  // What a consumer got is compared with what was acknowledged, see consumed.ts.
  const all = deliveriesOf(block.variant).filter(({ to }) => !to.some((name) => consumes(block, name)))
  const own = all.filter(({ to }) => to.includes(workload.name))
  if (own.length === 0) return undefined
  const agents = new Agents(block)
  const counted = own.every((delivery) => agents.canTell(delivery)) ? own : connected(own[0]!, all)
  const names = counted.flatMap(({ from, to }) => [from, ...to])
  if (names.some((name) => !agents.closed(name))) return undefined
  const parts =
    counted === own
      ? own.map((delivery) => ({ to: delivery.to, ...byPublisher(delivery, agents) }))
      : [{ to: counted.flatMap(({ to }) => to), ...byTotal(counted, agents) }]
  const over = [...new Set(parts.flatMap(({ to, lost }) => (lost > 0 ? to : [])))]
  return {
    lost: sum(parts.map(({ lost }) => lost)),
    surplus: sum(parts.map(({ surplus }) => surplus)),
    ...(over.length > 1 ? { over } : {}),
  }
}

function consumes({ workloads }: BlockFold, name: string): boolean {
  const kind = workloads.get(name)?.kind
  return kind !== undefined && workloadFacts(kind)?.consumes === true
}

/** Exact: each publisher's messages against those of them that arrived. */
function byPublisher({ from, to, queue }: Delivery, agents: Agents): Balance {
  const sent = perPublisher(agents.of(from))
  return balance(
    groupsOf(to, queue, agents).flatMap(({ members, copies }) => {
      const got = perPublisher(members)
      return [...sent].map(([publisher, count]) => count * copies - (got.get(publisher) ?? 0))
    }),
  )
}

type Balance = Pick<Loss, 'lost' | 'surplus'>

/** Of differences between what was sent and what arrived: one does not make up for another. */
function balance(missing: readonly number[]): Balance {
  const only = (sign: 1 | -1) => sum(missing.map((count) => Math.max(0, sign * count)))
  return { lost: only(1), surplus: only(-1) }
}

/** Without stamps there are only totals: good enough for a sum, blind to a loss that a duplicate makes up for. */
function byTotal(deliveries: readonly Delivery[], agents: Agents): Balance {
  const sent = sum(deliveries.flatMap(({ from }) => [...perPublisher(agents.of(from)).values()]))
  const to = [...new Set(deliveries.flatMap((delivery) => delivery.to))]
  return balance(
    groupsOf(to, deliveries[0]?.queue, agents).map(({ members, copies }) => {
      const got = sum(members.map(({ done }) => done?.counts.received ?? 0))
      return sent * copies - got
    }),
  )
}

/** Who shares one copy of each message, or has so many of its own: the members of a queue group, else each agent. */
function groupsOf(to: readonly string[], queue: string | undefined, agents: Agents) {
  const receivers = to.flatMap((name) => agents.of(name))
  if (queue !== undefined) return [{ members: receivers, copies: 1 }]
  return receivers.map((agent) => ({ members: [agent], copies: connectionsOf(agent.assignment) }))
}

/** All deliveries that end in the same sum: whatever reaches the group of the first, and whatever else its members get. */
function connected(first: Delivery, all: readonly Delivery[]): readonly Delivery[] {
  const members = new Set(first.to)
  for (let before = 0; before < members.size;) {
    before = members.size
    for (const { to } of all) if (to.some((name) => members.has(name))) for (const name of to) members.add(name)
  }
  return all.filter(({ to }) => to.some((name) => members.has(name)))
}

/** The agents of a block by workload, and what their accounts can tell. */
class Agents {
  readonly #block: BlockFold

  constructor(block: BlockFold) {
    this.#block = block
  }

  of(workload: string): readonly AgentFold[] {
    return this.#block.workloads.get(workload)?.agents ?? []
  }

  closed(workload: string): boolean {
    const agents = this.of(workload)
    return agents.length > 0 && agents.every(({ done }) => done !== undefined)
  }

  /** Does every message carry its publisher, and does every receiver look? */
  canTell({ from, to }: Delivery): boolean {
    const stamped = this.of(from).every(({ assignment: { job } }) => !('payload' in job) || bytesOf(job) >= stampBytes)
    const looked = to
      .flatMap((name) => this.of(name))
      .every(({ assignment: { job } }) => !('stamped' in job) || job.stamped)
    return stamped && looked
  }
}

function bytesOf({ payload }: Extract<Assignment['job'], { payload?: unknown }>): number {
  return payload?.bytes ?? 0
}

function perPublisher(agents: readonly AgentFold[]): ReadonlyMap<string, number> {
  return new Map(Object.entries(summed(agents.map(({ done }) => done?.perPublisher ?? {}))))
}

export function connectionsOf({ job }: Assignment): number {
  return 'connections' in job ? job.connections : 0
}
