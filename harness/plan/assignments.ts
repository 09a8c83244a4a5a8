/** Workloads → one assignment for each node of their group, and the support jobs beside them. */
import { isReceiver, isScheduled, kinds, type Workload } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Assignment, NodePlan, Phases, Target } from '../model/plan.ts'
import { sendersTo } from './flows.ts'
import { streamsOf } from './streams.ts'
import { floorOf, probeOf } from './support.ts'

/** Publisher numbers run from 0 through all publishing and requesting connections of the block, in order. */
export function assignmentsOf(scenario: Scenario, used: readonly NodePlan[], phases: Phases): readonly Assignment[] {
  const seats = scenario.workloads.flatMap((workload) => {
    const agents = used.filter((node) => node.group === workload.on)
    return agents.map((node, member) => ({ workload, node, member, members: agents.length }))
  })
  const publishing = seats.map(({ workload }) => (isScheduled(workload) ? workload.connections : 0))
  const publishers = publishing.reduce((sum, connections) => sum + connections, 0)
  const work = seats.map(({ workload, node, member, members }, seat): Assignment => {
    const publisher = publishing.slice(0, seat).reduce((sum, connections) => sum + connections, 0)
    const named = targets(used, workload.to)
    const servers = turned(named, member).map((each) => each.target)
    return {
      id: `${workload.name}@${node.name}`,
      workload: workload.name,
      node: node.name,
      job: kinds[workload.kind].plan(workload, {
        seed: scenario.seed,
        servers,
        named,
        member,
        members,
        publisher,
        publishers,
        stamped: hearsStamps(workload, scenario.workloads),
        stores: {
          streams: scenario.streams ?? {},
          consumers: scenario.consumers ?? {},
          buckets: scenario.buckets ?? {},
          objects: scenario.objects ?? {},
        },
      }),
    }
  })
  return [...work, ...floorOf(scenario, used, phases), ...probeOf(used), ...streamsOf(scenario, used)]
}

function hearsStamps(workload: Workload, all: readonly Workload[]): boolean {
  return !isReceiver(workload) || sendersTo(workload, all).every((sender) => sender.payload.bytes >= stampBytes)
}

function targets(
  used: readonly NodePlan[],
  group: string,
): readonly { readonly node: string; readonly target: Target }[] {
  return used
    .filter((node) => node.group === group)
    .map(({ name, endpoint }) => ({ node: name, target: { host: endpoint.address, port: endpoint.ports.client } }))
}

/** Agents begin with different servers of a cluster. */
function turned<T>(servers: readonly T[], by: number): readonly T[] {
  const start = servers.length === 0 ? 0 : by % servers.length
  return [...servers.slice(start), ...servers.slice(0, start)]
}
