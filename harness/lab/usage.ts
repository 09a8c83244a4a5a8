/**
 * Looks at what each node uses: all nodes and the whole machine before the load begins and at both ends of the measured window, servers once
 * a second within it. A look takes CPU time of the host, so a slow one (ps over ssh on a slow board) is kept away from the load.
 */
import { BenchError } from '../model/error.ts'
import type { CpuTime } from '../model/facts.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause, unlessLate, within } from './wait.ts'

/** Within the window, looks take at most a hundredth of the time: its percentiles are told to p99. */
const restShare = 99

/** Where the look before the load took longer, none is made when the warm-up ends: the messages that wait for it would be in the window. */
const longLookMs = 100

/** More than the commands of a look may take by their own deadlines. */
const lookMs = 60_000

/** A look at servers nearer to the end of a window would cost time in it and tell nothing more. */
const apartMs = 500

export interface LookRequest {
  readonly servers: readonly LiveNode[]
  readonly loads: readonly LiveNode[]
  readonly machine: () => Promise<CpuTime | undefined>
  readonly emit: (node: string, frame: Frame) => void
  /** Told of a look that the host did not answer in its time. */
  readonly say: (why: string) => void
  readonly signal: AbortSignal
}

export interface UsageRequest extends LookRequest {
  readonly phases: Phases
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  /** How long the look before the load took. */
  readonly tookBeforeMs: number
}

/**
 * All nodes and the machine, before the load begins. They idle until then, so the answers count for its start. Resolves to the milliseconds
 * that the nodes took; rejects when one can no longer be read.
 */
export function lookBefore(request: LookRequest): Promise<number> {
  const { lookAtAll, readMachine } = looker(request, () => 0)
  const looked = async (): Promise<number> => {
    const tookMs = await lookAtAll()
    // What a look itself takes of the machine is kept out of the time between the two readings of it.
    await readMachine()
    return tookMs
  }
  const late = () => new BenchError('os', `the host must tell what its nodes use within ${lookMs / 1000} s`)
  return within(looked(), { ms: lookMs, signal: request.signal, late })
}

/** Resolves after the last look of the block; rejects when a node can no longer be read. A look that takes too long is missing. */
export async function sampleUsage(request: UsageRequest): Promise<void> {
  const { sinceStart, signal, servers, tookBeforeMs } = request
  const { warmupMs, measureMs } = request.phases
  const endMs = warmupMs + measureMs
  const { look, lookAtAll, readMachine } = looker(request, sinceStart)
  const until = (atMs: number) => pause(Math.max(0, atMs - sinceStart() / 1e6), signal)
  const inWindow = async (): Promise<void> => {
    let tookMs = tookBeforeMs
    let lookedMs = 0
    await until(warmupMs)
    if (tookBeforeMs <= longLookMs) {
      tookMs = await lookAtAll()
      await readMachine()
      lookedMs = sinceStart() / 1e6
    }
    for (let atMs = nextSecond(warmupMs + apartMs); atMs <= endMs - apartMs; atMs = nextSecond(atMs + 1)) {
      await until(atMs)
      if (sinceStart() / 1e6 < lookedMs + restShare * tookMs) continue
      tookMs = await look(servers)
      lookedMs = sinceStart() / 1e6
    }
  }
  const last = async (): Promise<void> => {
    await until(endMs)
    await readMachine()
    await lookAtAll()
  }
  await Promise.all([inWindow(), last()])
}

/** `now`: nanoseconds since the block's start. An answer counts for the middle of the time that it took. */
function looker({ servers, loads, machine, emit, say, signal }: LookRequest, now: () => number) {
  const timed = async <T>(ask: () => Promise<T | undefined>, tell: (answer: T, at: number) => void): Promise<void> => {
    const before = now()
    const answer = await unlessLate(ask(), say)
    if (answer !== undefined && !signal.aborted) tell(answer, Math.round((before + now()) / 2))
  }
  const read = (node: LiveNode) =>
    timed(
      () => node.usage(),
      (usage, at) => emit(node.name, { t: 'usage', at, usage }),
    )
  /** Resolves to the milliseconds that it took. */
  const look = async (nodes: readonly LiveNode[]): Promise<number> => {
    const before = performance.now()
    await Promise.all(nodes.map(read))
    return performance.now() - before
  }
  return {
    look,
    lookAtAll: () => look([...servers, ...loads]),
    readMachine: () => timed(machine, (cpu, at) => emit('lab', { t: 'machine', at, cpu })),
  }
}

function nextSecond(atMs: number): number {
  return Math.ceil(atMs / 1000) * 1000
}
