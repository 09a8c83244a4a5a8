/** Which workload's messages must arrive at which other one. */
import { isReceiver, isSender, type Receiver, type Sender, type Workload } from '../model/kinds/kinds.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Flow } from '../model/plan.ts'
import { coverage } from '../model/subject.ts'

/** Groups of servers are separate from each other; the servers of one group are a cluster. */
export function flowsOf({ workloads }: Scenario): readonly Flow[] {
  return workloads.filter(isReceiver).flatMap((to) =>
    sendersTo(to, workloads).map((from): Flow => ({
      from: from.name,
      to: to.name,
      delivery: to.queue === undefined ? 'all' : 'one',
    })),
  )
}

export function sendersTo(to: Receiver, workloads: readonly Workload[]): readonly Sender[] {
  return workloads.filter(isSender).filter((from) => from.to === to.to && coverage(to.subject, from) === 'all')
}
