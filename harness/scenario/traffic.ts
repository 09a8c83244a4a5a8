/** Relations between workloads: where they run, and which receivers get whose messages. */
import { coverage, filterProblem, isLiteral } from '../model/subject.ts'
import { isReceiver, isScheduled, isSender, kinds, type Receiver, type Sender } from '../model/kinds/kinds.ts'
import { valid, type Draft, type Known } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { serverLimitProblems } from './server-limits.ts'

const reservedNames = ['floor', 'probe', 'lab', 'streams']
const mostAgents = 1000
const mostConnections = 10_000

export function trafficProblems(draft: Draft): readonly Problem[] {
  const checks = [names, places, subjects, arrivals, serverLimitProblems, audience, amounts]
  return checks.flatMap((check) => check(draft))
}

function names({ workloads }: Draft): readonly Problem[] {
  return workloads.flatMap(({ path, name }, index) => {
    if (name === undefined) return []
    if (reservedNames.includes(name))
      return problemAt(`${path}.name`, `must be another name than that of a support job, got ${printed(name)}`)
    const before = workloads.findIndex((other) => other.name === name)
    return before === index
      ? []
      : problemAt(`${path}.name`, `must be unique, got ${printed(name)} as workload ${before} has`)
  })
}

function places({ topology, workloads }: Draft): readonly Problem[] {
  if (topology === undefined) return []
  const place = (path: string, group: unknown, role: 'server' | 'load'): readonly Problem[] => {
    if (typeof group !== 'string') return []
    const fitting = [...topology].filter(([, spec]) => spec === undefined || spec.role === role).map(([name]) => name)
    if (fitting.includes(group)) return []
    const wrong = topology.has(group) ? `"${group}", which has another role` : printed(group)
    return problemAt(path, `must name a group of role "${role}", got ${wrong}${suggestion(group, fitting)}`)
  }
  return workloads.flatMap(({ path, raw }) => [
    ...place(`${path}.on`, raw['on'], 'load'),
    ...place(`${path}.to`, raw['to'], 'server'),
  ])
}

function subjects({ workloads }: Draft): readonly Problem[] {
  return valid(workloads).flatMap(({ path: owner, value }) => {
    if (!('subject' in value)) return []
    const path = `${owner}.subject`
    const wrong = filterProblem(value.subject)
    if (wrong !== undefined) return problemAt(path, `${wrong}, got ${printed(value.subject)}`)
    if (/^(\$|_INBOX(\.|$))/.test(value.subject))
      return problemAt(path, `must not begin with "$" or "_INBOX", got ${printed(value.subject)}`)
    return isSender(value) && !isLiteral(value.subject)
      ? problemAt(path, `must not have wildcards where messages are sent, got ${printed(value.subject)}`)
      : []
  })
}

function arrivals({ workloads }: Draft): readonly Problem[] {
  return valid(workloads).flatMap(({ path, value }) => {
    if (!isScheduled(value)) return []
    const { arrivals } = value
    if (arrivals.kind === 'staircase' && arrivals.steps === 1 && arrivals.from !== arrivals.to)
      return problemAt(`${path}.arrivals.steps`, 'must be at least 2, or the rate never comes to `to`, got 1')
    const must = kinds[value.kind].refuses[value.arrivals.kind]
    return must === undefined ? [] : problemAt(`${path}.arrivals.kind`, `${must}, got "${value.arrivals.kind}"`)
  })
}

/** Receivers without a sender and the like. Checked only when all workloads are valid: an invalid one may be the missing one. */
function audience(draft: Draft): readonly Problem[] {
  const all = valid(draft.workloads)
  if (all.length < draft.workloads.length || places(draft).length > 0) return []
  const senders = all.filter((part): part is Known<Sender> => isSender(part.value))
  const receivers = all.filter((part): part is Known<Receiver> => isReceiver(part.value))
  return [
    ...receivers.flatMap((receiver) => heard(receiver, senders)),
    ...senders.flatMap((sender) => [...answered(sender, receivers), ...taken(sender, receivers)]),
  ]
}

function heard({ path, value }: Known<Receiver>, senders: readonly Known<Sender>[]): readonly Problem[] {
  const reachable = senders.map((sender) => ({ ...sender, part: reach(sender.value, value) }))
  const partly = reachable.filter(({ part }) => part === 'some')
  if (partly.length > 0)
    return partly.map((sender) => ({
      path: `${path}.subject`,
      message: `must match all subjects of workload "${sender.value.name}" or none, got ${printed(value.subject)}`,
    }))
  const found = reachable.filter(({ part }) => part === 'all')
  const { hears } = kinds[value.kind]
  if (hears === undefined) return []
  const { wants, only } = hears
  if (only !== undefined && found.some((sender) => sender.value.kind !== wants))
    return problemAt(`${path}.subject`, `${only.must}, got ${printed(value.subject)}, ${only.but}`)
  if (found.some((sender) => sender.value.kind === wants)) return []
  const subjects = senders.filter((sender) => sender.value.kind === wants).map((sender) => sender.value.subject)
  return problemAt(
    `${path}.subject`,
    `must match the subject of a ${wants} workload on the same servers, got ${printed(value.subject)}${suggestion(value.subject, without(subjects, value.subject))}`,
  )
}

function answered({ path, value }: Known<Sender>, receivers: readonly Known<Receiver>[]): readonly Problem[] {
  const { answeredBy } = kinds[value.kind]
  if (answeredBy === undefined) return []
  const replies = receivers.filter((receiver) => receiver.value.kind === answeredBy)
  if (replies.some((receiver) => reach(value, receiver.value) === 'all')) return []
  const known = replies.map((receiver) => receiver.value.subject)
  return problemAt(
    `${path}.subject`,
    `must be answered by a ${answeredBy} workload on the same servers, got ${printed(value.subject)}${suggestion(value.subject, without(known, value.subject))}`,
  )
}

/** Each message goes to one member of a queue group, so a member that does not answer leaves requests without an answer. */
function taken({ value }: Known<Sender>, receivers: readonly Known<Receiver>[]): readonly Problem[] {
  const { answeredBy } = kinds[value.kind]
  if (answeredBy === undefined) return []
  const members = receivers.filter(
    (receiver) => receiver.value.queue !== undefined && reach(value, receiver.value) === 'all',
  )
  const answering = members.filter((receiver) => receiver.value.kind === answeredBy)
  return members.flatMap(({ path, value: { kind, queue } }) => {
    const robbed = answering.find((other) => kind !== answeredBy && other.value.queue === queue)
    if (robbed === undefined) return []
    const message = `must be another queue than that of workload "${robbed.value.name}", or it takes requests of "${value.name}" that nobody answers, got ${printed(queue)}`
    return problemAt(`${path}.queue`, message)
  })
}

function without(words: readonly string[], word: string): readonly string[] {
  return words.filter((other) => other !== word)
}

function amounts({ topology, workloads }: Draft): readonly Problem[] {
  const nodes = (group: string) => topology?.get(group)?.count ?? 1
  const agents = valid(workloads).map(({ value }) => ({ agents: nodes(value.on), connections: value.connections }))
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return [
    ...tooMany('agents (one for each workload and node)', mostAgents, sum(agents.map((each) => each.agents))),
    ...tooMany('connections', mostConnections, sum(agents.map((each) => each.agents * each.connections))),
  ]
}

function tooMany(what: string, most: number, got: number): readonly Problem[] {
  return got <= most ? [] : problemAt('workloads', `must have at most ${most} ${what} in all, got ${got}`)
}

/** How many of a sender's messages a receiver gets. Server groups are not connected; the servers of one group are a cluster. */
export function reach(sender: Sender, receiver: Receiver): 'all' | 'some' | 'none' {
  return sender.to === receiver.to ? coverage(receiver.subject, sender) : 'none'
}
