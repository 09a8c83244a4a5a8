/** Reads what each node uses: servers once a second, all nodes and the whole machine at both ends of the measured window. */
import type { CpuTime } from '../model/facts.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause } from './wait.ts'

/** In between, readings take at most a tenth of the time. */
const restShare = 9

/** A reading of servers nearer to the end of a window would cost time in it and tell nothing more. */
const apartMs = 500

export interface UsageRequest {
  readonly servers: readonly LiveNode[]
  readonly loads: readonly LiveNode[]
  readonly machine: () => Promise<CpuTime | undefined>
  readonly phases: Phases
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  readonly emit: (node: string, frame: Frame) => void
  readonly signal: AbortSignal
}

/**
 * Resolves after the last reading of the block; rejects when a node can no longer be read. A reading may take seconds (ps over
 * ssh on a slow board): those at the ends of the window wait for no other one, those between are left out while one goes on, and for some
 * time after it.
 */
export async function sampleUsage(request: UsageRequest): Promise<void> {
  const { warmupMs, measureMs } = request.phases
  const edges = [warmupMs, warmupMs + measureMs]
  const seconds = Array.from({ length: Math.floor(edges[1]! / 1000) }, (_, second) => (second + 1) * 1000).filter(
    (atMs) => edges.every((edge) => Math.abs(edge - atMs) >= apartMs),
  )
  const going = new Map<LiveNode, number>()
  /** When servers may be read next, in nanoseconds since the start. */
  let restedNs = 0
  /** An answer counts for the middle of the time that it took. */
  const timed = async <T>(ask: () => Promise<T>): Promise<readonly [answer: T, at: number, tookNs: number]> => {
    const before = request.sinceStart()
    const answer = await ask()
    const after = request.sinceStart()
    return [answer, Math.round((before + after) / 2), after - before]
  }
  const readMachine = async (): Promise<void> => {
    const [cpu, at] = await timed(request.machine)
    if (cpu !== undefined && !request.signal.aborted) request.emit('lab', { t: 'machine', at, cpu })
  }
  const read = async (node: LiveNode): Promise<void> => {
    going.set(node, (going.get(node) ?? 0) + 1)
    const [usage, at, tookNs] = await timed(() => node.usage())
    restedNs = Math.max(restedNs, request.sinceStart() + restShare * tookNs)
    going.set(node, (going.get(node) ?? 1) - 1)
    if (!request.signal.aborted) request.emit(node.name, { t: 'usage', at, usage })
  }
  await Promise.all(
    [...new Set([...edges, ...seconds])].map(async (atMs) => {
      await pause(Math.max(0, atMs - request.sinceStart() / 1e6), request.signal)
      const nodes = edges.includes(atMs)
        ? [...request.servers, ...request.loads]
        : request.servers.filter((node) => (going.get(node) ?? 0) === 0 && request.sinceStart() >= restedNs)
      await Promise.all([...nodes.map(read), ...(edges.includes(atMs) ? [readMachine()] : [])])
    }),
  )
}
