/**
 * Looks at what each node uses: all nodes and the whole machine when the load begins and at both ends of the measured window, servers once a
 * second within it. A look takes CPU time of the host, so a slow one (ps over ssh on a slow board) is kept out of the window.
 */
import type { CpuTime } from '../model/facts.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause, unlessLate } from './wait.ts'

/** Within the window, looks take at most a hundredth of the time: its percentiles are told to p99. */
const restShare = 99

/**
 * Where the look at the start of the load took longer, none is made when the warm-up ends: the messages that wait for it would be in the
 * window.
 */
const longLookMs = 100

/** A look at servers nearer to the end of a window would cost time in it and tell nothing more. */
const apartMs = 500

export interface UsageRequest {
  readonly servers: readonly LiveNode[]
  readonly loads: readonly LiveNode[]
  readonly machine: () => Promise<CpuTime | undefined>
  readonly phases: Phases
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  readonly emit: (node: string, frame: Frame) => void
  /** Told of a look that the host did not answer in its time. */
  readonly say: (why: string) => void
  readonly signal: AbortSignal
}

/** Resolves after the last look of the block; rejects when a node can no longer be read. A look that takes too long is missing. */
export async function sampleUsage(request: UsageRequest): Promise<void> {
  const { sinceStart, signal } = request
  const { warmupMs, measureMs } = request.phases
  const endMs = warmupMs + measureMs
  /** When servers may be read next, in milliseconds since the start; never while a look goes on. */
  let restedMs = Infinity
  /** An answer counts for the middle of the time that it took. */
  const timed = async <T>(ask: () => Promise<T | undefined>, tell: (answer: T, at: number) => void): Promise<void> => {
    const before = sinceStart()
    const answer = await unlessLate(ask(), request.say)
    if (answer !== undefined && !signal.aborted) tell(answer, Math.round((before + sinceStart()) / 2))
  }
  const readMachine = () => timed(request.machine, (cpu, at) => request.emit('lab', { t: 'machine', at, cpu }))
  const read = (node: LiveNode) =>
    timed(
      () => node.usage(),
      (usage, at) => request.emit(node.name, { t: 'usage', at, usage }),
    )
  /** Resolves to the milliseconds that it took. */
  const look = async (nodes: readonly LiveNode[]): Promise<number> => {
    const before = sinceStart()
    restedMs = Infinity
    await Promise.all(nodes.map(read))
    const tookMs = (sinceStart() - before) / 1e6
    restedMs = sinceStart() / 1e6 + restShare * tookMs
    return tookMs
  }
  const lookAtAll = () => look([...request.servers, ...request.loads])
  const until = (atMs: number) => pause(Math.max(0, atMs - sinceStart() / 1e6), signal)

  // What a look itself takes of the machine is kept out of the time between the two readings of it.
  let firstTookMs = Infinity
  const first = async (): Promise<void> => {
    firstTookMs = await lookAtAll()
    await readMachine()
  }
  const within = async (): Promise<void> => {
    await until(warmupMs)
    if (firstTookMs <= longLookMs) {
      await lookAtAll()
      await readMachine()
    }
    for (let atMs = nextSecond(warmupMs + apartMs); atMs <= endMs - apartMs; atMs = nextSecond(atMs + 1)) {
      await until(atMs)
      if (sinceStart() / 1e6 >= restedMs) await look(request.servers)
    }
  }
  const last = async (): Promise<void> => {
    await until(endMs)
    await readMachine()
    await lookAtAll()
  }
  await Promise.all([until(0).then(first), within(), last()])
}

function nextSecond(atMs: number): number {
  return Math.ceil(atMs / 1000) * 1000
}
