/** Workloads → one assignment for each node of their group, and the support jobs beside them. */
import type { Arrivals, Payload, Scenario, Workload } from '../model/scenario.ts'
import type { Assignment, Job, NodePlan, PayloadPlan, Phases, Target } from '../model/plan.ts'
import { durationMs } from '../model/units.ts'
import { isSender, sendersTo } from './flows.ts'
import { floorOf, probeOf } from './support.ts'

/** Payloads from this many bytes on carry a stamp. */
const stampBytes = 16

interface Place {
  readonly scenario: Scenario
  readonly servers: readonly Target[]
  /** Position among the agents of the workload, and how many there are. */
  readonly member: number
  readonly members: number
  /** Number of its first publishing connection, and how many there are in the block. */
  readonly publisher: number
  readonly publishers: number
}

/** Publisher numbers run from 0 through all publishing and requesting connections of the block, in order. */
export function assignmentsOf(scenario: Scenario, used: readonly NodePlan[], phases: Phases): readonly Assignment[] {
  const seats = scenario.workloads.flatMap((workload) => {
    const agents = used.filter((node) => node.group === workload.on)
    return agents.map((node, member) => ({ workload, node, member, members: agents.length }))
  })
  const publishing = seats.map(({ workload }) => (isSender(workload) ? workload.connections : 0))
  const publishers = publishing.reduce((sum, connections) => sum + connections, 0)
  const work = seats.map(({ workload, node, member, members }, seat): Assignment => {
    const publisher = publishing.slice(0, seat).reduce((sum, connections) => sum + connections, 0)
    const servers = turned(targets(used, workload.to), member)
    return {
      id: `${workload.name}@${node.name}`,
      workload: workload.name,
      node: node.name,
      job: jobOf(workload, { scenario, servers, member, members, publisher, publishers }),
    }
  })
  return [...work, ...floorOf(scenario, used, phases), ...probeOf(used)]
}

const jobs: { readonly [K in Workload['kind']]: (workload: Extract<Workload, { kind: K }>, place: Place) => Job } = {
  publish: (workload, place) => ({
    kind: 'publish',
    ...sending(workload, place),
    subjects: workload.subjects ?? 1,
  }),
  subscribe: (workload, { scenario, servers, publishers }) => ({
    kind: 'subscribe',
    engine: workload.engine,
    servers,
    connections: workload.connections,
    subject: workload.subject,
    ...(workload.queue === undefined ? {} : { queue: workload.queue }),
    stamped: sendersTo(workload, scenario.workloads).every((sender) => sender.payload.bytes >= stampBytes),
    publishers,
  }),
  request: (workload, place) => ({
    kind: 'request',
    ...sending(workload, place),
    timeoutMs: durationMs(workload.timeout) ?? 0,
  }),
  reply: (workload, { scenario, servers, publisher }) => ({
    kind: 'reply',
    engine: workload.engine,
    servers,
    connections: workload.connections,
    subject: workload.subject,
    ...(workload.queue === undefined ? {} : { queue: workload.queue }),
    ...(workload.payload === undefined ? {} : { payload: payloadOf(workload.payload, scenario.seed + publisher) }),
  }),
}

function jobOf<K extends Workload['kind']>(workload: Extract<Workload, { kind: K }>, place: Place): Job {
  return jobs[workload.kind](workload, place)
}

function sending(workload: Extract<Workload, { kind: 'publish' | 'request' }>, place: Place) {
  return {
    engine: workload.engine,
    servers: place.servers,
    connections: workload.connections,
    publisher: place.publisher,
    subject: workload.subject,
    payload: payloadOf(workload.payload, place.scenario.seed + place.publisher),
    headers: workload.headers ?? {},
    arrivals: share(workload.arrivals, place.members),
  }
}

/** Rates of a workload are totals; every agent takes an equal part. */
function share(arrivals: Arrivals, members: number): Arrivals {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
    case 'burst':
      return { ...arrivals, perSecond: arrivals.perSecond / members }
    case 'staircase':
      return { ...arrivals, from: arrivals.from / members, to: arrivals.to / members }
    case 'closed':
    case 'flood':
      return arrivals
  }
}

/** Every agent has a seed of its own, so that no two send the same bytes or fall due together. */
function payloadOf({ bytes, compressible }: Payload, seed: number): PayloadPlan {
  return { bytes, compressible, seed: seed >>> 0 }
}

function targets(used: readonly NodePlan[], group: string): readonly Target[] {
  return used
    .filter((node) => node.group === group)
    .map(({ endpoint }) => ({ host: endpoint.address, port: endpoint.ports.client }))
}

/** Agents begin with different servers of a cluster. */
function turned(servers: readonly Target[], by: number): readonly Target[] {
  const start = servers.length === 0 ? 0 : by % servers.length
  return [...servers.slice(start), ...servers.slice(0, start)]
}
