/** One finished block in figures: small, without time lines, ready to be set beside its siblings. */
import { plus } from '../agent/tally.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import { known } from '../model/known.ts'
import type { Measured } from '../model/metric-entry.ts'
import type { Arrivals } from '../model/scenario.ts'
import type { ClockFacts, Counts, HistogramName } from '../model/recording.ts'
import type { ThermalReading } from '../model/report.ts'
import { contradictions } from './accounts.ts'
import { cpuShare, messages, noCounts, published, totals } from './agent-fold.ts'
import type { AgentFold } from './agent-fold.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import { serverOf, type ServerAccount } from './server-account.ts'
import { distributionOf, type Distribution } from './distribution-of.ts'
import { consumedOf, type Consumed } from './consumed.ts'
import { driftOf } from './drift.ts'
import { connectionsOf, lossOf } from './loss.ts'
import type { MachineUse } from './machine-use.ts'
import { nodesOf } from './node-use.ts'
import type { NodeUse, Window } from './node-use.ts'
import { laggedOf } from './pace.ts'
import type { Lagged } from './pace.ts'
import { plannedIn, plannedRate } from './planned.ts'
import { effectsOf, steady, type FaultEffect } from './fault-effects.ts'
import type { ConnectionLoss, DiskSeen, FaultTime, NetworkSeen } from './fault-times.ts'
import { faultNumbers, longestGap } from './fault-numbers.ts'
import { proofOf, proved, type Proof } from './proof.ts'

export interface AgentUse {
  readonly id: string
  readonly node: string
  readonly share?: number
  /** Node whose process it shared; its share is with that one. */
  readonly guestOf?: string
}

/** What its metrics are made from, and what health and the report say of it beside them. */
export interface WorkloadResult extends Measured {
  readonly name: string
  readonly kind: WorkloadFold['kind']
  readonly distributions: ReadonlyMap<HistogramName, Distribution>
  readonly arrivals?: Arrivals
  /** Planned messages a second of the whole workload, where the schedule has one rate. */
  readonly plannedPerSecond?: number
  /** Messages due in the measured window, and messages sent in it: the requests of a requester, answered or not. */
  readonly planned?: number
  readonly sent: number
  /** Percentiles that are the generator's own, see pace.ts. */
  readonly lagged: readonly Lagged[]
  readonly agents: readonly AgentUse[]
  readonly connections: number
  /** Messages that its receivers got beyond those that were sent. */
  readonly surplus?: number
  /** Where the connections of each agent sat. */
  readonly seats?: readonly NonNullable<AgentFold['seat']>[]
  /** What its streams hold, compared with what it was told. */
  readonly proof?: Proof
  readonly consumed?: Consumed
  /** Where messages were lost that any of several workloads could have got: those of the queue group. */
  readonly lossOver?: readonly string[]
  /** Second half of the measured window over the first: of the rate, and of the latency (or round trip) p50. */
  readonly rateDrift?: number
  readonly latencyDrift?: number
  /** Of the whole block. */
  readonly totals: Counts
}

export interface BlockResult {
  readonly index: number
  readonly variant: string
  readonly outcome: 'ok' | 'failed' | 'unfinished'
  readonly because?: string
  readonly workloads: readonly WorkloadResult[]
  readonly nodes: readonly NodeUse[]
  readonly servers: readonly ServerAccount[]
  readonly thermals: readonly ThermalReading[]
  readonly machine?: MachineUse
  /** What the agents put into servers in the whole block; absent when one of them did not say. */
  readonly published?: number
  readonly losses: readonly Readonly<ConnectionLoss>[]
  /** Before the end of the measured time: one that begins later is not in its numbers. */
  readonly faultsBegun: number
  readonly faultTimes: readonly FaultTime[]
  readonly networks: readonly NetworkSeen[]
  readonly disks: readonly DiskSeen[]
  /** What each fault did to each workload. */
  readonly effects: readonly FaultEffect[]
  readonly cutOffs: readonly { readonly node: string; readonly line: string }[]
  readonly failures: readonly string[]
  readonly silent: readonly string[]
  /** Time namespace offsets of the nodes, where they have any. */
  readonly clockOffsets: ReadonlyMap<string, string>
  /** The clocks of the agents, as each has measured it. */
  readonly clocks: readonly Pick<ClockFacts, 'tickNs' | 'readCostNs'>[]
  readonly strayFrames: number
  /** Where the agents' accounts do not fit each other or the plan, a clause each. */
  readonly contradictions: readonly string[]
}

export function closeBlock(block: BlockFold): BlockResult {
  const agents = [...block.agents.values()]
  const window = windowOf(agents)
  const servers = [...block.servers.values()].map((server) => serverOf(server, window))
  const measuring = agents.filter(({ assignment }) => block.workloads.has(assignment.workload))
  const workloads = [...block.workloads.values()].map((workload) => closeWorkload(block, workload, window))
  const nodes = nodesOf(block, window)
  const machine = block.machine.close(nodes, window)
  const effects = effectsOf(block)
  const calm = effects.length === 0 ? undefined : steady(block, effects)
  // Where faults are planned, the pace is judged by what they left alone.
  const paced = workloads.map((each) => ({ ...each, distributions: calm?.get(each.name) ?? each.distributions }))
  return {
    index: block.plan.index,
    variant: block.variant.name,
    outcome: block.outcome,
    ...known({ because: block.because }),
    workloads: workloads.map((each, i) => ({
      ...each,
      ...faultNumbers(effects, each.name),
      lagged: laggedOf(paced[i]!, paced, block.variant.flows),
    })),
    nodes,
    ...(machine === undefined ? {} : { machine }),
    servers,
    thermals: block.thermals,
    losses: block.losses,
    faultsBegun: block.faults.filter(({ fromNs, wholeNs = fromNs }) => wholeNs < window[1]).length,
    faultTimes: block.faults,
    networks: block.networks,
    disks: block.disks,
    effects,
    cutOffs: block.cutOffs,
    ...known({ published: publishedBy(agents) }),
    failures: agents.flatMap(({ assignment, failed }) =>
      failed === undefined ? [] : [`${assignment.id}: ${failed.message} (${failed.code})`],
    ),
    silent: measuring.filter(({ done, failed }) => done === undefined && failed === undefined).map(idOf),
    clockOffsets: new Map(
      agents.flatMap(({ assignment, clock }) =>
        clock?.offsets === undefined ? [] : [[assignment.node, clock.offsets.trim()] as const],
      ),
    ),
    clocks: agents.flatMap(({ clock }) => clock ?? []),
    strayFrames: block.strayFrames,
    contradictions: block.outcome === 'ok' ? contradictions(agents, block.variant.phases) : [],
  }
}

function closeWorkload(block: BlockFold, workload: WorkloadFold, window: Window): WorkloadResult {
  const { agents } = workload
  const measuring = agents.filter(({ spanNs }) => spanNs > 0)
  const perSecond = rate(measuring, (agent) => messages(agent.assignment, agent.measured))
  const metered = measuring.some(({ guestOf }) => guestOf === undefined)
  const cpu = rate(measuring, ({ cpuMicros }) => cpuMicros)
  const switches = rate(measuring, (agent) => agent.switches)
  const loss = lossOf(block, workload)
  const arrivals = arrivalsOf(workload)
  const planned = arrivals === undefined ? undefined : plannedRate(agents)
  const due = planned === undefined ? undefined : plannedIn(agents, block.variant.phases.measureMs)
  return {
    name: workload.name,
    kind: workload.kind,
    distributions: new Map([...workload.merges].map(([name, merge]) => [name, distributionOf(merge)])),
    ...known({ arrivals, plannedPerSecond: planned, planned: due }),
    sent: measuring.reduce((sum, { measured }) => sum + measured.sent, 0),
    lagged: [],
    ...(measuring.length === 0 ? {} : { perSecond, bytesPerSecond: rate(measuring, ({ measured }) => measured.bytes) }),
    ...(perSecond > 0 && metered
      ? { cpuMicrosPerMessage: cpu / perSecond, switchesPerMessage: switches / perSecond }
      : {}),
    memoryBytes: Math.max(0, ...agents.map(({ memoryBytes }) => memoryBytes)),
    agents: agents.map((agent) => ({
      id: idOf(agent),
      node: agent.assignment.node,
      ...known({ share: cpuShare(agent), guestOf: agent.guestOf }),
    })),
    connections: agents.reduce((sum, { assignment }) => sum + connectionsOf(assignment), 0),
    seats: agents.flatMap(({ seat }) => seat ?? []),
    ...proved(proofOf(block, workload)),
    ...consumedOf(block, workload),
    ...(loss === undefined ? {} : { loss: loss.lost, surplus: loss.surplus }),
    ...(loss?.over === undefined ? {} : { lossOver: loss.over }),
    ...evennessOf(agents),
    ...longestGap(workload),
    ...driftOf(workload, window),
    totals: agents.map(totals).reduce(plus, noCounts),
  }
}

/** Sum of the agents' rates, each over its own actual span. */
function rate(agents: readonly AgentFold[], amount: (agent: AgentFold) => number): number {
  return agents.reduce((sum, agent) => sum + (amount(agent) / agent.spanNs) * 1e9, 0)
}

function arrivalsOf(workload: WorkloadFold): Arrivals | undefined {
  const job = workload.agents[0]?.assignment.job
  return job !== undefined && 'arrivals' in job ? job.arrivals : undefined
}

/** The window in which anyone measured under load: agents of the floor have a time axis of their own, before it. */
function windowOf(agents: readonly AgentFold[]): Window {
  const loading = agents.filter(({ assignment }) => factsOf(assignment.job.kind).role !== 'floor')
  const from = Math.min(...loading.map(({ fromNs }) => fromNs))
  const to = Math.max(...loading.map(({ toNs }) => toNs))
  return [from, to]
}

/** Members are connections; undefined where there are fewer than two, or one agent did not say. */
function evennessOf(agents: readonly AgentFold[]): Pick<WorkloadResult, 'evenness'> {
  const members = agents.map(({ done }) => done?.perConnection)
  const received = members.flatMap((each) => each ?? [])
  const all = received.reduce((sum, count) => sum + count, 0)
  if (members.includes(undefined) || received.length < 2 || all === 0) return {}
  return { evenness: (Math.min(...received) * received.length) / all }
}

function publishedBy(agents: readonly AgentFold[]): number | undefined {
  const sent = agents
    .filter(({ assignment }) => published(assignment, { ...noCounts, sent: 1 }) > 0)
    .map(({ assignment, done }) => (done === undefined ? Number.NaN : published(assignment, done.counts)))
  const sum = sent.reduce((total, each) => total + each, 0)
  return Number.isNaN(sum) || sent.length === 0 ? undefined : sum
}

function idOf({ assignment }: AgentFold): string {
  return assignment.id
}
