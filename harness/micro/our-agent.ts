/** Runs jobs of our load agent against a running server, as the lab does, and adds up what they measured. */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Histogram } from '../agent/histogram.ts'
import type { Host } from '../host/host.ts'
import { everyAgent, startAgents, type AgentProcess, type AgentRequest } from '../lab/agent-process.ts'
import { agentScripts } from '../lab/stage.ts'
import { awaitsNothing, processesFor, turnsOf } from '../lab/turns.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import { isPaced } from '../model/paced.ts'
import type { Assignment, Job, Phases } from '../model/plan.ts'
import { histogramNames, type Counts, type Frame, type HistogramName } from '../model/recording.ts'
import { addSample, emptyAgent } from '../stats/agent-fold.ts'
import { made } from '../stats/made.ts'

type Sample = Extract<Frame, { t: 'sample' }>

/** Of the measured phase. */
export interface Measured {
  readonly seconds: number
  /** Messages sent or received, whichever is more. */
  readonly messages: number
  /** Of its process; 0 where another agent of that process has it. */
  readonly cpuMicros: number
  readonly histograms: ReadonlyMap<HistogramName, Histogram>
  /** Of the whole run. */
  readonly counts: Counts
  /** Messages that a consumer still had at the end. */
  readonly leftBehind: number
}

interface Agent {
  readonly process: AgentProcess
  readonly ends: boolean
  /** In the process of another one, whose meter counts for both. */
  readonly isGuest: boolean
  readonly samples: Sample[]
  /** Messages that a consumer still had. */
  leftBehind: number
}

const leadMs = 200
const graceMs = 20_000

/**
 * One agent a job, in processes shared as the lab shares them, all with one start instant. Jobs whose names differ by a number are one
 * workload. Senders end by themselves, receivers when the senders have.
 */
export async function runJobs<K extends string>(
  host: Host,
  jobs: Readonly<Record<K, Job>>,
  phases: Phases,
  token: string,
): Promise<Readonly<Record<K, Measured>>> {
  const names = Object.keys(jobs) as K[]
  const directory = await mkdtemp(join(tmpdir(), 'versus-agent-'))
  const node = { name: 'here', node: process.execPath, directory, spawn: host.spawn.bind(host) }
  const pacedSenders = Object.values<Job>(jobs).filter(isPaced).length
  const agents: Agent[] = []
  const never = new AbortController().signal
  try {
    await host.put(await agentScripts(), join(directory, 'agent'))
    const assignments = names.map((name): Assignment => {
      return { id: name, workload: name.replace(/\d+$/, ''), node: 'here', job: jobs[name] }
    })
    const sharing = assignments.filter(({ job }) => awaitsNothing(job))
    for (const group of turnsOf(assignments, sharing, processesFor(availableParallelism())).first)
      agents.push(...(await start(node, group, { phases, token, pacedSenders })))
    const all = agents.map(({ process }) => process)
    await everyAgent(all, 'ready', ({ ready }) => ready, graceMs, never)
    const at = String(process.hrtime.bigint() + BigInt(leadMs) * 1_000_000n)
    for (const agent of all) agent.send({ t: 'start', at })
    const senders = agents.filter(({ ends }) => ends).map(({ process }) => process)
    const wholeMs = phases.warmupMs + phases.measureMs + phases.cooldownMs + graceMs
    await everyAgent(senders, 'done', ({ done }) => done, wholeMs, never)
    for (const { process, ends } of agents) if (!ends) process.send({ t: 'finish' })
    const done = await everyAgent(all, 'done', (agent) => agent.done, graceMs, never)
    const measured = new Map(agents.map((agent, i) => [agent.process.assignment.id, measure(agent, done[i]!.counts)]))
    return Object.fromEntries(names.map((name) => [name, measured.get(name)])) as Record<K, Measured>
  } finally {
    await Promise.all(agents.map(({ process }) => process.stop()))
    await rm(directory, { recursive: true, force: true })
  }
}

async function start(
  node: Parameters<typeof startAgents>[0],
  group: readonly Assignment[],
  asked: Pick<AgentRequest, 'phases' | 'token' | 'pacedSenders'>,
): Promise<readonly Agent[]> {
  const heard = group.map(() => ({ samples: [] as Sample[], leftBehind: 0 }))
  const requests = group.map((assignment, i) => {
    const own = heard[i]!
    const onFrame = (frame: Frame): void => {
      if (frame.t === 'sample') own.samples.push(frame)
      else if (frame.t === 'consumed') own.leftBehind = frame.leftBehind
    }
    return { ...asked, assignment, stays: false, onFrame }
  })
  const processes = await startAgents(node, requests)
  return processes.map((process, i) => {
    return Object.assign(heard[i]!, { process, ends: factsOf(process.assignment.job.kind).ends, isGuest: i > 0 })
  })
}

function measure({ process: { assignment }, samples, leftBehind, isGuest }: Agent, counts: Counts): Measured {
  const histograms = new Map<HistogramName, Histogram>()
  const agent = emptyAgent(assignment)
  if (isGuest) agent.guestOf = assignment.node
  for (const sample of samples) {
    addSample(agent, sample)
    if (sample.phase !== 'measure') continue
    for (const name of histogramNames) {
      const data = sample.histograms[name]
      if (data !== undefined) made(histograms, name, () => new Histogram()).add(data)
    }
  }
  const { measured, spanNs, cpuMicros } = agent
  const messages = Math.max(measured.sent, measured.received)
  return { seconds: spanNs / 1e9, messages, cpuMicros, histograms, counts, leftBehind }
}

/** Of several agents together. */
export function mergedHistograms(all: readonly Measured[]): ReadonlyMap<HistogramName, Histogram> {
  const merged = new Map<HistogramName, Histogram>()
  for (const [name, histogram] of all.flatMap(({ histograms }) => [...histograms]))
    made(merged, name, () => new Histogram()).add(histogram.data())
  return merged
}
