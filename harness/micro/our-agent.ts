/** Runs jobs of our load agent against a running server, as the lab does, and adds up what they measured. */
import { factsOf } from '../model/kinds/kinds.ts'
import { fileURLToPath } from 'node:url'
import { Histogram } from '../agent/histogram.ts'
import type { Child, Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import { jsonOf } from '../model/json.ts'
import { isPaced } from '../model/paced.ts'
import type { Assignment, Job, Phases } from '../model/plan.ts'
import { readFrame } from '../model/read-frame.ts'
import { protocolVersion, type Command, type Counts, type Frame, type HistogramName } from '../model/recording.ts'

type Sample = Extract<Frame, { t: 'sample' }>
type Assign = Extract<Command, { t: 'assign' }>
type Done = Extract<Frame, { t: 'done' }>

/** Of the measured phase. */
export interface Measured {
  readonly seconds: number
  /** Messages sent or received, whichever is more. */
  readonly messages: number
  readonly cpuMicros: number
  readonly histograms: ReadonlyMap<HistogramName, Histogram>
  /** Of the whole run. */
  readonly counts: Counts
  /** Messages that a consumer still had at the end. */
  readonly leftBehind: number
}

interface Agent {
  readonly child: Child
  readonly ends: boolean
  readonly samples: Sample[]
  /** Messages that a consumer still had. */
  leftBehind: number
  readonly ready: Promise<void>
  readonly done: Promise<Done>
}

const leadMs = 200
const graceMs = 20_000

/** One agent a job, all with one start instant. Senders end by themselves, receivers when the senders have. */
export async function runJobs<K extends string>(
  host: Host,
  jobs: Readonly<Record<K, Job>>,
  phases: Phases,
  token: string,
): Promise<Readonly<Record<K, Measured>>> {
  const names = Object.keys(jobs) as K[]
  const agents: Agent[] = []
  const paced = Object.values<Job>(jobs).filter(isPaced).length
  const assign = { t: 'assign', protocol: protocolVersion, token, phases, pacedSenders: paced } as const
  try {
    for (const name of names)
      agents.push(await start(host, { id: name, workload: name, node: 'here', job: jobs[name] }, assign))
    const deadline = phases.warmupMs + phases.measureMs + phases.cooldownMs + graceMs
    await within(Promise.all(agents.map((agent) => agent.ready)), graceMs)
    const at = process.hrtime.bigint() + BigInt(leadMs) * 1_000_000n
    for (const { child } of agents) child.write(`${JSON.stringify({ t: 'start', at: at.toString() })}\n`)
    await within(Promise.all(agents.filter(({ ends }) => ends).map((agent) => agent.done)), deadline)
    for (const { child, ends } of agents) if (!ends) child.write('{"t":"finish"}\n')
    const done = await within(Promise.all(agents.map((agent) => agent.done)), graceMs)
    const measured = agents.map((agent, i) => measure(agent, done[i]!.counts))
    return Object.fromEntries(names.map((name, i) => [name, measured[i]])) as Record<K, Measured>
  } finally {
    await Promise.all(agents.map(({ child }) => child.stop(500)))
  }
}

async function start(host: Host, assignment: Assignment, assign: Omit<Assign, 'assignment'>): Promise<Agent> {
  const { id: name, job } = assignment
  const main = fileURLToPath(new URL('../agent/main.ts', import.meta.url))
  const child = await host.spawn([process.execPath, main])
  const ends = factsOf(job.kind).ends
  const ready = Promise.withResolvers<void>()
  const done = Promise.withResolvers<Done>()
  const fail = (what: string): void => {
    const error = new BenchError('agent', `agent ${name} ${what}`, { lines: child.tail() })
    ready.reject(error)
    done.reject(error)
  }
  ready.promise.catch(() => undefined)
  done.promise.catch(() => undefined)
  const agent: Agent = { child, ends, samples: [], leftBehind: 0, ready: ready.promise, done: done.promise }
  const read = async (): Promise<void> => {
    for await (const line of child.lines) {
      const frame = readFrame(jsonOf(line)?.value)
      if (frame === undefined) return fail(`must write frames, got ${JSON.stringify(line.slice(0, 80))}`)
      if (frame.t === 'ready') ready.resolve()
      else if (frame.t === 'sample') agent.samples.push(frame)
      else if (frame.t === 'consumed') agent.leftBehind = frame.leftBehind
      else if (frame.t === 'done') done.resolve(frame)
      else if (frame.t === 'failed') fail(`failed: ${frame.code}: ${frame.message}`)
    }
    fail('must say done, got its end')
  }
  read().catch((error: unknown) => fail(String(error)))
  child.write(`${JSON.stringify({ ...assign, assignment })}\n`)
  return agent
}

function measure({ samples, leftBehind }: Agent, counts: Counts): Measured {
  const histograms = new Map<HistogramName, Histogram>()
  let ns = 0
  let sent = 0
  let received = 0
  let cpuMicros = 0
  for (const sample of samples) {
    if (sample.phase !== 'measure') continue
    ns += sample.to - sample.from
    sent += sample.counts.sent
    received += sample.counts.received
    cpuMicros += sample.meter.cpuUserMicros + sample.meter.cpuSystemMicros
    for (const name of Object.keys(sample.histograms) as HistogramName[]) {
      const data = sample.histograms[name]
      if (data === undefined) continue
      const histogram = histograms.get(name) ?? new Histogram()
      histogram.add(data)
      histograms.set(name, histogram)
    }
  }
  return { seconds: ns / 1e9, messages: Math.max(sent, received), cpuMicros, histograms, counts, leftBehind }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new BenchError('agent', `agents must answer within ${ms} ms`)), ms)
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer))
}

/** Of several agents together. */
export function mergedHistograms(all: readonly Measured[]): ReadonlyMap<HistogramName, Histogram> {
  const merged = new Map<HistogramName, Histogram>()
  for (const [name, histogram] of all.flatMap(({ histograms }) => [...histograms])) {
    const sum = merged.get(name) ?? new Histogram()
    sum.add(histogram.data())
    merged.set(name, sum)
  }
  return merged
}
