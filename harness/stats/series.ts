/** The time lines of one block as the report draws them. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { familyOf } from '../model/metric.ts'
import type { Series } from '../model/report.ts'
import type { BlockFold } from './block-fold.ts'

export function seriesOf(block: BlockFold): Series[] {
  const place = { variant: block.variant.name, block: block.plan.index }
  const all: Series[] = []
  for (const workload of block.workloads.values()) {
    if (workloadFacts(workload.kind) === undefined) continue
    all.push({ of: workload.name, metric: 'throughput', unit: 'msg/s', ...place, points: workload.rate.points() })
    for (const [name, line] of workload.quantiles) {
      for (const [quantile, points] of line.lines()) {
        all.push({ of: workload.name, metric: `${familyOf(name)}.${quantile}`, unit: 'ns', ...place, points })
      }
    }
  }
  for (const workload of block.workloads.values()) {
    const job = workload.agents[0]?.assignment.job
    const watched = block.consumers.get(job !== undefined && 'consumer' in job ? job.consumer : '')
    const points = (watched ?? []).map(({ at, lag }) => [at / 1e9, lag] as const)
    all.push({ of: workload.name, metric: 'consumerLag', unit: 'count', ...place, points })
  }
  for (const node of block.nodes.values()) {
    const points = node.cpuMicros.points(block.bins.ns).map(([at, rate]) => [at, Math.max(0, rate) / 1e6] as const)
    all.push({ of: node.node, metric: 'cpu', unit: 'share', ...place, points })
  }
  return all.filter(({ points }) => points.length > 0)
}
