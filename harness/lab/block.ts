/** One block: services up, agents ready, one start instant, load, drain, all down again. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { Assignment, BlockPlan, Plan, Variant } from '../model/plan.ts'
import { pacedSenders } from '../model/paced.ts'
import type { Frame } from '../model/recording.ts'
import type { ServerFacts } from '../model/facts.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { everyAgent, startAgents, type AgentProcess, type AgentRequest } from './agent-process.ts'
import { checkClocks } from './clocks.ts'
import type { Crew } from './crew.ts'
import type { LabEvent } from './events.ts'
import { readyFaults, runFaults } from './faults.ts'
import { cutOffs, explained, stillThere } from './explain.ts'
import { finish } from './finish.ts'
import { overrun } from './overrun.ts'
import { startService, type Service } from './service.ts'
import { lookAtStores } from './store-look.ts'
import type { Gauges } from './site.ts'
import { sampleThermals } from './thermals.ts'
import { processesFor, sharingOf, turnsOf, type Turns } from './turns.ts'
import { lookBefore, sampleUsage } from './usage.ts'
import { pause } from './wait.ts'

export interface BlockRequest {
  readonly plan: Plan
  readonly block: BlockPlan
  readonly variant: Variant
  readonly nodes: ReadonlyMap<string, LiveNode>
  /** Services that run already and are left running, by node name. */
  readonly kept?: ReadonlyMap<string, Service>
  /** Processes that go on from block to block; undefined where each block has its own. */
  readonly crew?: Crew | undefined
  readonly token: string
  /** Of the host; undefined where it does not tell. */
  readonly cores: number | undefined
  readonly signal: AbortSignal
  readonly gauges: Gauges
  readonly frame: (from: string, frame: Frame) => void
  readonly observe: (event: LabEvent) => void
  readonly log: (from: string, lines: readonly string[]) => void
}

/** Time from the last `ready` to the start instant: long enough to reach every agent, also over ssh. */
const startLeadMs = 300
/** From the start of an agent to its hello, and to its ready. */
export const agentStartMs = 60_000

export async function runBlock(request: BlockRequest): Promise<readonly ServerFacts[]> {
  const services = new Map<string, Service>(request.kept)
  const groups: (readonly AgentProcess[])[] = []
  /** Of the crew, when the block ended well. */
  const going = new Set<AgentProcess>()
  /** Servers that a fault has ended on purpose. */
  const ended = new Set<Service>()
  const guard = new AbortController()
  const signal = AbortSignal.any([request.signal, guard.signal])
  try {
    request.observe({ kind: 'phase', block: request.block, phase: 'services' })
    for (const plan of request.variant.services.filter(({ node }) => !services.has(node))) {
      const node = nodeOf(request, plan.node)
      services.set(plan.node, await startService(plan, node, request.token, signal))
    }
    if (request.block.repeat === 0)
      for (const store of await lookAtStores(request.variant, (name) => nodeOf(request, name), signal))
        request.frame('lab', { t: 'store', store })
    request.observe({ kind: 'phase', block: request.block, phase: 'agents' })
    const { first, after } = turnsOf(
      request.variant.assignments,
      sharingOf(request.plan, request.variant),
      processesFor(request.cores),
    )
    const pacing = pacedSenders(first)
    const started = await Promise.allSettled(
      first.map(async (assignments) => {
        const wanted = assignments.map((assignment) => asked(assignment, request, pacing, after.has(assignment.id)))
        return request.crew?.again(wanted) ?? (await startAgents(nodeOf(request, assignments[0]!.node), wanted))
      }),
    )
    for (const result of started) if (result.status === 'fulfilled') groups.push(result.value)
    for (const result of started) if (result.status === 'rejected') throw asBenchError(result.reason)
    const followed = await measure(request, groups.flat(), after, services, ended, signal)
    await stillThere(services, ended)
    for (const group of groups) {
      if (request.crew === undefined) continue
      request.crew.keep(
        group.map(({ assignment }) => assignment),
        group.map((agent) => followed.get(agent) ?? agent),
      )
      group.forEach((agent) => going.add(agent))
    }
    return [...services.values()].map((service) => ({ ...service.facts, variant: request.variant.name }))
  } catch (error) {
    throw await explained(error, services, ended)
  } finally {
    guard.abort()
    await Promise.all(
      groups
        .flat()
        .filter((agent) => !going.has(agent))
        .map((agent) => agent.stop()),
    )
    for (const service of services.values()) {
      if (request.kept?.get(service.plan.node) !== service) await service.stop()
      for (const line of cutOffs(service)) request.frame('lab', { t: 'cutOff', node: service.plan.node, line })
      request.log(service.plan.node, service.log())
    }
  }
}

function asked(assignment: Assignment, request: BlockRequest, pacing: number, stays: boolean): AgentRequest {
  return {
    assignment,
    phases: request.variant.phases,
    pacedSenders: pacing,
    token: request.token,
    stays: stays || request.crew !== undefined,
    onFrame: (frame) => {
      request.frame(assignment.id, frame)
      request.observe({ kind: 'frame', block: request.block, from: assignment.id, frame })
    },
  }
}

/** Returns who followed whom in one process. */
async function measure(
  request: BlockRequest,
  agents: readonly AgentProcess[],
  after: Turns['after'],
  services: Map<string, Service>,
  ended: Set<Service>,
  signal: AbortSignal,
): Promise<ReadonlyMap<AgentProcess, AgentProcess>> {
  const { block, variant } = request
  const followed = new Map<AgentProcess, AgentProcess>()
  const floor = agents.filter((agent) => agent.assignment.workload === 'floor')
  const load = agents.filter((agent) => agent.assignment.workload !== 'floor')
  const nodes = (names: readonly string[]) => names.map((name) => nodeOf(request, name))
  const used = request.plan.nodes.filter((node) => variant.nodes.includes(node.name))
  const loads = nodes(used.filter((node) => node.role === 'load').map((node) => node.name))
  const locating = {
    nodes: (wanted: string) =>
      nodes(used.filter(({ name, group }) => wanted === group || wanted === name).map(({ name }) => name)),
    asker: loads[0],
  }
  const plans = [...services.values()].map(({ plan }) => plan)
  const ready = await readyFaults(request.plan.faults, { ...locating, services: plans, signal })
  const hellos = await everyAgent(agents, 'hello', (agent) => agent.hello, agentStartMs, signal)
  checkClocks(variant.assignments, new Set(variant.assignments.map(({ node }) => nodeOf(request, node).host)), hellos)
  await everyAgent(agents, 'ready', (agent) => agent.ready, agentStartMs, signal)
  if (floor.length > 0) {
    request.observe({ kind: 'phase', block, phase: 'floor' })
    await beginAt(floor)
    await finish(floor, { lengthMs: 0, signal })
    for (const agent of floor) {
      const following = after.get(agent.assignment.id)
      if (following !== undefined) followed.set(agent, agent.next(asked(following, request, 0, false)))
    }
    load.push(...followed.values())
    await everyAgent(load, 'ready', (agent) => agent.ready, agentStartMs, signal)
  }
  const say = (why: string) => request.log('lab', [why])
  const looks = {
    servers: nodes(used.filter((node) => node.role === 'server').map((node) => node.name)),
    loads,
    machine: request.gauges.cpuTime,
    emit: request.frame,
    say,
    signal,
  }
  const tookBeforeMs = await lookBefore(looks)
  request.observe({ kind: 'look', block, tookMs: tookBeforeMs })
  const startedAt = await beginAt(load)
  const sinceStart = () => Number(process.hrtime.bigint() - startedAt)
  const late = overrun(() => sinceStart() / 1e6)
  const { warmupMs, measureMs, cooldownMs } = variant.phases
  const over = new AbortController()
  const faults = runFaults(ready, {
    ...locating,
    late,
    all: nodes(used.map((node) => node.name)),
    address: (name) => used.find((node) => node.name === name)?.endpoint.address ?? '',
    services,
    restart: async (name) => {
      const service = services.get(name)
      if (service !== undefined)
        services.set(name, await startService(service.plan, service.node, request.token, signal))
    },
    ending: (service) => ended.add(service),
    sinceStart,
    emit: (frame) => request.frame('lab', frame),
    signal: AbortSignal.any([signal, over.signal]),
  })
  const side = [
    announce(request, sinceStart, signal),
    sampleUsage({ ...looks, tookBeforeMs, phases: variant.phases, sinceStart }),
    sampleThermals({
      phases: variant.phases,
      read: request.gauges.thermals,
      sinceStart,
      emit: request.frame,
      say,
      signal,
    }),
  ]
  try {
    const lengthMs = warmupMs + measureMs + cooldownMs + startLeadMs
    await Promise.all([finish(load, { lengthMs, signal, moreMs: () => late.ms() }), ...side, faults])
  } finally {
    // Whatever ended the block, what a fault did is undone before its nodes go.
    over.abort()
    await Promise.allSettled([faults])
  }
  return followed
}

/** Gives all of them one start instant, in the clock of their host; returns it in the lab's clock. */
export async function beginAt(agents: readonly Pick<AgentProcess, 'ready' | 'send'>[]): Promise<bigint> {
  const ready = await Promise.all(agents.map((agent) => agent.ready))
  const startedAt = process.hrtime.bigint() + BigInt(startLeadMs) * 1_000_000n
  const reference = ready.reduce((latest, frame) => (frame.receivedAt > latest.receivedAt ? frame : latest))
  const at = BigInt(reference.now) + (startedAt - reference.receivedAt)
  agents.forEach((agent) => agent.send({ t: 'start', at: at.toString() }))
  return startedAt
}

async function announce(request: BlockRequest, sinceStart: () => number, signal: AbortSignal): Promise<void> {
  const { warmupMs, measureMs } = request.variant.phases
  const marks = [
    [0, 'warmup'],
    [warmupMs, 'measure'],
    [warmupMs + measureMs, 'cooldown'],
  ] as const
  for (const [atMs, phase] of marks) {
    await pause(Math.max(0, atMs - sinceStart() / 1e6), signal)
    request.observe({ kind: 'phase', block: request.block, phase })
  }
}

function nodeOf(request: BlockRequest, name: string): LiveNode {
  const node = request.nodes.get(name)
  if (node === undefined) throw new BenchError('bug', `node ${name} must have been built`)
  return node
}
