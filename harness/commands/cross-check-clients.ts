/** Agents of a plan as clients of `nats bench`: what each is told, and whose figure stands beside ours. */
import { BenchError } from '../model/error.ts'
import type { NatsBenchFacts } from '../model/kinds/kind.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { Job, Plan, Target } from '../model/plan.ts'

type Facts = NatsBenchFacts<Job>
export type Metric = NonNullable<Facts['metric']>

export interface Client {
  readonly workload: string
  readonly node: string
  readonly address: string
  readonly port: number
  readonly words: readonly string[]
  readonly takes: Facts['takes']
  readonly metric: Metric | undefined
  /** Is what it gets what the servers were there to bring? */
  readonly delivered: boolean
  /** How many it is told to send or get, where a sender sends `own` or `factor` times as many; undefined: none. */
  messages(own: number, factor: number): number | undefined
}

export interface Shown {
  readonly workload: string
  readonly metric: Metric
  /** Whose rate says how many messages make a block, and how many agents share it. */
  readonly sender: string
  readonly senders: number
}

/** Throws `unavailable` with all that nats bench cannot do of the plan. */
export function clientsOf({ variants }: Plan): readonly Client[] {
  const assignments = variants[0]?.assignments ?? []
  const loads = assignments.flatMap((assignment) => {
    const facts = workloadFacts(assignment.job.kind)
    return facts === undefined ? [] : [{ assignment, facts }]
  })
  const senders = loads.filter(({ facts }) => facts.natsBench?.takes === 'own').length
  const clients: Client[] = []
  const lacks = new Set<string>()
  for (const { assignment, facts } of loads) {
    const { job, workload, node } = assignment
    const lack =
      facts.natsBench === undefined ? `nats bench has nothing like it (${job.kind})` : facts.natsBench.lacks(job)
    const target = placeOf(job)
    if (lack !== undefined) lacks.add(`${workload}: ${lack}`)
    if (facts.natsBench === undefined || target === undefined) continue
    const { takes, metric } = facts.natsBench
    clients.push({
      workload,
      node,
      address: target.host,
      port: target.port,
      words: facts.natsBench.words(job),
      takes,
      metric,
      delivered: facts.delivered,
      messages: (own, factor) =>
        takes === 'none' ? undefined : takes === 'all' ? own * senders : Math.ceil(own * factor),
    })
  }
  if (lacks.size === 0 && senders > 0) return clients
  throw new BenchError('unavailable', 'workloads must be such that nats bench can do the same, they are not', {
    lines: lacks.size === 0 ? ['nobody sends'] : [...lacks],
    hint: 'floods to plain subjects and closed requests with 1 in flight can: one-to-one, request-reply',
  })
}

/** Where its first connection goes. */
function placeOf(job: Job): Target | undefined {
  const [first] = 'servers' in job ? job.servers : []
  return first === undefined ? undefined : 'target' in first ? first.target : first
}

/** What was delivered, where something was; else what was sent. */
export function beside(clients: readonly Client[]): Shown {
  const told = clients.filter(({ metric }) => metric !== undefined)
  const shown = told.find(({ delivered }) => delivered) ?? told[0]
  const [sender, ...others] = clients.filter(({ takes }) => takes === 'own')
  if (shown?.metric === undefined || sender === undefined) throw new BenchError('bug', 'a client must have a figure')
  return { workload: shown.workload, metric: shown.metric, sender: sender.workload, senders: 1 + others.length }
}
