/** Who gets each message of a workload: everyone who subscribes plainly, and one of each queue group. */
import type { Assignment, Variant } from './plan.ts'

export interface Delivery {
  readonly from: string
  /** With `queue`: the workloads that make up the group; each message goes to one connection of one of them. Else one workload. */
  readonly to: readonly string[]
  readonly queue?: string
}

/**
 * Subscriptions with the same queue name are one group for a message wherever their filters match its subject, also where the
 * filters differ and where members are at several servers of a cluster (`addNodeToResults` in sublist.go of nats-server).
 */
export function deliveriesOf({ flows, assignments }: Pick<Variant, 'flows' | 'assignments'>): readonly Delivery[] {
  const queues = new Map(assignments.map(({ workload, job }) => [workload, queueOf(job)]))
  const groups = new Map<string, { from: string; to: string[]; queue?: string }>()
  for (const { from, to, delivery } of flows) {
    const queue = delivery === 'one' ? queues.get(to) : undefined
    const key = JSON.stringify(queue === undefined ? [from, to] : [from, null, queue])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { from, to: [to], ...(queue === undefined ? {} : { queue }) })
    else known.to.push(to)
  }
  return [...groups.values()]
}

function queueOf(job: Assignment['job']): string | undefined {
  return 'queue' in job ? job.queue : undefined
}
