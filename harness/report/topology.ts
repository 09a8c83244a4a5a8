/** Who talks to whom at what rate: the picture of a run before it is drawn. */
import { kinds } from '../model/kinds/kinds.ts'
import { known } from '../model/known.ts'
import type { Report, Summary } from '../model/report.ts'
import type { Workload } from '../model/scenario.ts'
import { latencyOf, summaryOf } from './reading.ts'

export interface TopologyNode {
  readonly group: string
  readonly role: 'server' | 'load'
  readonly names: readonly string[]
  /** Address and client port of servers, address of load nodes. */
  readonly addresses: readonly string[]
  /** Shares of one core, one a node where known. */
  readonly cpuShares: readonly number[]
  readonly cpus?: readonly number[]
}

export interface TopologyEdge {
  readonly from: string
  readonly to: string
  readonly workload: string
  readonly throughput?: Summary
  /** p50 of the workload that receives. */
  readonly latency?: Summary
}

export interface Topology {
  readonly nodes: readonly TopologyNode[]
  readonly edges: readonly TopologyEdge[]
}

/** Groups and flows of one variant, with its medians. */
export function topologyOf(report: Report, variant: string): Topology {
  const { plan } = report
  const used = plan.variants.find((v) => v.name === variant)?.nodes
  const alive = plan.nodes.filter((n) => used === undefined || used.includes(n.name))
  const groups = [...new Set(alive.map((n) => n.group))]
  const nodes = groups.map((group): TopologyNode => {
    const members = alive.filter((n) => n.group === group)
    const first = members[0]
    const costs = members.flatMap((n) => report.nodes.find((c) => c.node === n.name && c.variant === variant) ?? [])
    return {
      group,
      role: first?.role ?? 'load',
      names: members.map((n) => n.name),
      addresses: members.map(({ role, endpoint }) =>
        role === 'server' ? `${endpoint.address}:${endpoint.ports.client}` : endpoint.address,
      ),
      cpuShares: costs.map((c) => c.cpuShare),
      ...(first?.cpus === undefined ? {} : { cpus: first.cpus }),
    }
  })
  return { nodes, edges: plan.scenario.workloads.map((w) => edge(report, w, variant)) }
}

function edge(report: Report, workload: Workload, variant: string): TopologyEdge {
  const outward = kinds[workload.kind].direction === 'out'
  const kind = latencyOf(report, workload.name)
  const latency = kind === undefined ? undefined : summaryOf(report, workload.name, `${kind}.p50`, variant)
  return {
    from: outward ? workload.on : workload.to,
    to: outward ? workload.to : workload.on,
    workload: workload.name,
    ...known({ throughput: summaryOf(report, workload.name, 'throughput', variant), latency }),
  }
}
