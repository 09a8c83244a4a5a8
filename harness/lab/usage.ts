/** Reads what each node uses: servers once a second, all nodes at both ends of the measured window. */
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause } from './wait.ts'

export interface UsageRequest {
  readonly servers: readonly LiveNode[]
  readonly loads: readonly LiveNode[]
  readonly phases: Phases
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  readonly emit: (node: string, frame: Frame) => void
  readonly signal: AbortSignal
}

/** Resolves after the last reading of the block; rejects when a node can no longer be read. */
export async function sampleUsage(request: UsageRequest): Promise<void> {
  const { warmupMs, measureMs } = request.phases
  const edges = [warmupMs, warmupMs + measureMs]
  const seconds = Array.from({ length: Math.floor(edges[1]! / 1000) }, (_, second) => (second + 1) * 1000)
  const times = [...new Set([...edges, ...seconds])].sort((a, b) => a - b)
  for (const atMs of times) {
    await pause(Math.max(0, atMs - request.sinceStart() / 1e6), request.signal)
    const nodes = edges.includes(atMs) ? [...request.servers, ...request.loads] : request.servers
    await Promise.all(nodes.map((node) => read(node, request)))
  }
}

async function read(node: LiveNode, request: UsageRequest): Promise<void> {
  const before = request.sinceStart()
  const usage = await node.usage()
  const at = Math.round((before + request.sinceStart()) / 2)
  request.emit(node.name, { t: 'usage', at, usage })
}
