/** Which workload's messages must arrive at which other one. */
import { isReceiver, isSender, kinds, type Receiver, type Sender, type Workload } from '../model/kinds/kinds.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Flow } from '../model/plan.ts'
import { coverage } from '../model/subject.ts'

/** Groups of servers are separate from each other; the servers of one group are a cluster. */
export function flowsOf(scenario: Scenario): readonly Flow[] {
  const { workloads } = scenario
  const heard = workloads.filter(isReceiver).flatMap((to) =>
    sendersTo(to, workloads).map((from): Flow => ({
      from: from.name,
      to: to.name,
      delivery: to.queue === undefined ? 'all' : 'one',
    })),
  )
  return [...heard, ...workloads.flatMap((to) => consumed(to, scenario))]
}

export function sendersTo(to: Receiver, workloads: readonly Workload[]): readonly Sender[] {
  return workloads.filter(isSender).filter((from) => from.to === to.to && coverage(to.subject, from) === 'all')
}

/** What a stream stores of a sender and its consumer does not leave out. Members of a consumer share its messages. */
function consumed(to: Workload, { workloads, streams = {}, consumers = {} }: Scenario): readonly Flow[] {
  if ('bucket' in to) return watched(to, workloads)
  const consumer = 'consumer' in to ? consumers[to.consumer] : undefined
  const stream = streams[consumer?.stream ?? '']
  if (consumer === undefined || stream === undefined || !kinds[to.kind].consumes) return []
  const { filter = '>', kind } = consumer
  return workloads
    .filter(isSender)
    .filter((from) => from.to === to.to && coverage(filter, from) === 'all')
    .filter((from) => stream.subjects.some((subject) => coverage(subject, from) === 'all'))
    .map((from) => ({ from: from.name, to: to.name, delivery: kind === 'ordered' ? 'all' : 'one' }))
}

/** What is put into the bucket that it watches. */
function watched(to: Extract<Workload, { readonly bucket: string }>, workloads: readonly Workload[]): readonly Flow[] {
  if (!kinds[to.kind].consumes) return []
  return workloads
    .filter((from) => 'bucket' in from && 'payload' in from && from.bucket === to.bucket && from.to === to.to)
    .map((from) => ({ from: from.name, to: to.name, delivery: 'all' }))
}
