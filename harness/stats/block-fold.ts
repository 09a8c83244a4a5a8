/** One block while its lines come in: agents, nodes and servers, and the time line of each workload. */
import type { ConnectionLoss, DiskSeen, FaultTime, NetworkSeen, Piece } from './fault-times.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment, BlockPlan, Plan, Variant } from '../model/plan.ts'
import { histogramNames, type Frame, type HistogramName } from '../model/recording.ts'
import type { MarkKind, ThermalReading } from '../model/report.ts'
import { addSample, emptyAgent, messages, type AgentFold } from './agent-fold.ts'
import { MachineFold } from './machine-use.ts'
import { made } from './made.ts'
import { decode, Merge } from './merge.ts'
import { binsOf, Meterline, QuantileLine, RateLine, type Bins } from './timeline.ts'
import { count } from '../model/count.ts'

export type Stored = Extract<Frame, { t: 'stored' }>

export interface Mark {
  readonly block: number
  readonly from: number
  readonly to: number
  readonly what: string
  readonly kind: MarkKind
}

export interface WorkloadFold {
  readonly name: string
  readonly kind: Assignment['job']['kind']
  readonly agents: AgentFold[]
  readonly merges: Map<HistogramName, Merge>
  readonly rate: RateLine
  readonly quantiles: Map<HistogramName, QuantileLine>
  /** Its histograms, sample by sample; only where faults are planned. */
  readonly pieces: Piece[]
}

export interface NodeFold {
  readonly node: string
  readonly cpuMicros: Meterline
  memoryBytes: number
}

export interface ServerFold {
  readonly node: string
  readonly inMessages: Meterline
  readonly memory: Meterline
  readonly slowConsumers: Meterline
}

export interface BlockFold {
  readonly plan: BlockPlan
  readonly variant: Variant
  readonly bins: Bins
  readonly faultsPlanned: boolean
  readonly agents: ReadonlyMap<string, AgentFold>
  readonly workloads: ReadonlyMap<string, WorkloadFold>
  readonly nodes: Map<string, NodeFold>
  readonly servers: Map<string, ServerFold>
  readonly thermals: ThermalReading[]
  readonly machine: MachineFold
  /** What the streams of the block held at its end. */
  readonly stored: Stored[]
  readonly consumers: Map<string, Extract<Frame, { t: 'consumerLag' }>[]>
  readonly marks: Mark[]
  readonly losses: ConnectionLoss[]
  /** What servers said of clients that they cut off. */
  readonly cutOffs: { readonly node: string; readonly line: string }[]
  readonly faults: FaultTime[]
  readonly networks: NetworkSeen[]
  readonly disks: DiskSeen[]
  outcome: 'ok' | 'failed' | 'unfinished'
  because?: string
  strayFrames: number
}

/** Quantiles on the time line: the middle and the tail of what is waited for, the tail alone of the generator's lag. */
const linesOf: Readonly<Partial<Record<HistogramName, Readonly<Record<string, number>>>>> = {
  latency: { p50: 0.5, p99: 0.99 },
  rtt: { p50: 0.5, p99: 0.99 },
  ack: { p50: 0.5, p99: 0.99 },
  lag: { p99: 0.99 },
}

/** Collections shorter than this are not worth a mark. */
const longGcNs = 10e6

export function openBlock(plan: Plan, block: BlockPlan): BlockFold | undefined {
  const variant = plan.variants.find(({ name }) => name === block.variant)
  if (variant === undefined) return undefined
  const bins = binsOf(variant.phases)
  const agents = new Map(variant.assignments.map((assignment) => [assignment.id, emptyAgent(assignment)]))
  const workloads = new Map<string, WorkloadFold>()
  for (const agent of agents.values()) {
    const { workload: name, job } = agent.assignment
    if (!factsOf(job.kind).measures) continue
    const workload = made(workloads, name, () => ({
      name,
      kind: job.kind,
      agents: [],
      merges: new Map(),
      rate: new RateLine(bins),
      quantiles: new Map(),
      pieces: [],
    }))
    workload.agents.push(agent)
  }
  return {
    plan: block,
    variant,
    bins,
    faultsPlanned: plan.faults.length > 0,
    agents,
    workloads,
    nodes: new Map(),
    servers: new Map(),
    thermals: [],
    machine: new MachineFold(),
    stored: [],
    consumers: new Map(),
    marks: [],
    faults: [],
    networks: [],
    disks: [],
    losses: [],
    cutOffs: [],
    outcome: 'unfinished',
    strayFrames: 0,
  }
}

export function addFrame(block: BlockFold, from: string, frame: Frame): void {
  const handler = handlers[frame.t] as (block: BlockFold, from: string, frame: Frame) => void
  handler(block, from, frame)
}

type Handlers = {
  readonly [T in Frame['t']]: (block: BlockFold, from: string, frame: Extract<Frame, { t: T }>) => void
}

const handlers: Handlers = {
  hello: (block, from, frame) =>
    withAgent(block, from, (agent) => {
      agent.clock = frame.clock
      const { node } = frame
      if (node !== agent.assignment.node && block.variant.nodes.includes(node)) agent.guestOf = node
    }),
  ready: () => undefined,
  stream: () => undefined,
  seat: (block, from, frame) => withAgent(block, from, (agent) => void (agent.seat = frame)),
  consumer: () => undefined,
  store: () => undefined,
  consumerLag: (block, _from, frame) => {
    made(block.consumers, frame.consumer, () => []).push(frame)
  },
  consumed: (block, from, frame) => withAgent(block, from, (agent) => void (agent.consumed = frame)),
  acked: (block, from, frame) => withAgent(block, from, (agent) => void (agent.acked = frame)),
  stored: (block, _from, frame) => {
    block.stored.push(frame)
  },
  sample: (block, from, frame) => withAgent(block, from, (agent) => sample(block, agent, frame)),
  done: (block, from, frame) =>
    withAgent(block, from, (agent) => {
      agent.done = frame
    }),
  failed: (block, from, { code, message }) =>
    withAgent(block, from, (agent) => {
      agent.failed = { code, message }
    }),
  usage: (block, from, { at, usage }) => {
    const node = made(block.nodes, from, () => ({ node: from, cpuMicros: new Meterline(), memoryBytes: 0 }))
    node.cpuMicros.add(at, usage.cpuUserMicros + usage.cpuSystemMicros)
    node.memoryBytes = Math.max(node.memoryBytes, usage.memoryBytes)
  },
  server: (block, _from, { at, node, counters }) => {
    const server = made(block.servers, node, () => emptyServer(node))
    if (counters['in_msgs'] !== undefined) server.inMessages.add(at, counters['in_msgs'])
    if (counters['mem'] !== undefined) server.memory.add(at, counters['mem'])
    if (counters['slow_consumers'] !== undefined) server.slowConsumers.add(at, counters['slow_consumers'])
  },
  thermals: (block, _from, { at, thermals }) => {
    block.thermals.push({ variant: block.variant.name, block: block.plan.index, at: at / 1e9, ...thermals })
  },
  machine: (block, _from, { at, cpu }) => block.machine.add(at, cpu),
  connection: (block, from, { at, connection, state, because }) =>
    withAgent(block, from, ({ assignment: { id, workload } }) => {
      if (state === 'lost') {
        block.losses.push({ id, workload, connection, fromNs: at, because: because ?? '' })
        return
      }
      const loss = block.losses.findLast((each) => each.id === id && each.connection === connection)
      if (loss === undefined) return
      loss.toNs = at
      block.marks.push(mark(block, loss.fromNs, at, `${id}: connection ${connection + 1} lost`, 'connection'))
    }),
  cutOff: (block, _from, { node, line }) => {
    block.cutOffs.push({ node, line })
  },
  network: (block, _from, { t: _, ...seen }) => void block.networks.push(seen),
  disk: (block, _from, { t: _, ...seen }) => void block.disks.push(seen),
  fault: (block, _from, { at, kind, on, nodes = [], whole }) => {
    const begun = block.faults.findLast((fault) => fault.kind === kind && fault.toNs === undefined)
    if (on) block.faults.push({ kind, fromNs: at, nodes })
    else if (begun !== undefined) Object.assign(begun, { toNs: at, ...(whole === undefined ? {} : { wholeNs: whole }) })
  },
}

function sample(block: BlockFold, agent: AgentFold, frame: Extract<Frame, { t: 'sample' }>): void {
  const { from, to, phase, counts, histograms, meter } = frame
  addSample(agent, frame)
  const { assignment } = agent
  const workload = block.workloads.get(assignment.workload)
  if (workload === undefined) return
  // The time line ends with the measured window: the last sample goes on after the load until the agent is done.
  const drawn = phase !== 'cooldown'
  if (drawn) workload.rate.add(from, to, messages(assignment, counts))
  // The floor is measured before the warm-up, in a phase and on a time axis of its own making: all of it counts.
  const isFloor = factsOf(assignment.job.kind).role === 'floor'
  if (meter.gcNs > longGcNs && !isFloor && agent.guestOf === undefined) {
    const ms = (meter.gcNs / 1e6).toFixed(0)
    // A sample says how long its collections took, not when: the mark is that long and ends with the sample.
    const start = Math.max(from, to - meter.gcNs)
    const collections = count(meter.gcCount, 'garbage collection')
    block.marks.push(mark(block, start, to, `${assignment.id}: ${ms} ms in ${collections}`, 'collection'))
  }
  if (block.faultsPlanned && drawn) workload.pieces.push({ fromNs: from, toNs: to, phase, histograms })
  for (const name of histogramNames) {
    const data = histograms[name]
    if (data === undefined) continue
    agent.timed.set(name, (agent.timed.get(name) ?? 0) + data.total)
    const counted = phase === 'measure' || isFloor
    const wanted = drawn ? linesOf[name] : undefined
    if (!counted && wanted === undefined) continue
    const buckets = decode(data, `histogram ${name} of ${assignment.id} in block ${block.plan.index + 1}`)
    if (counted) made(workload.merges, name, () => new Merge()).add(data, buckets)
    if (wanted !== undefined)
      made(workload.quantiles, name, () => new QuantileLine(block.bins, wanted)).add(from, to, data, buckets)
  }
}

function withAgent(block: BlockFold, from: string, then: (agent: AgentFold) => void): void {
  const agent = block.agents.get(from)
  if (agent === undefined) block.strayFrames++
  else then(agent)
}

function emptyServer(node: string): ServerFold {
  return { node, inMessages: new Meterline(), memory: new Meterline(), slowConsumers: new Meterline() }
}

export function mark({ plan }: Pick<BlockFold, 'plan'>, from: number, to: number, what: string, kind: MarkKind): Mark {
  return { block: plan.index, from: from / 1e9, to: to / 1e9, what, kind }
}
