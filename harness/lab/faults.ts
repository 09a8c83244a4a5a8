/** Timed faults beside the load, as frames on the same time line. */
import { BenchError } from '../model/error.ts'
import type { Fault } from '../model/scenario.ts'
import type { Frame } from '../model/recording.ts'
import { durationMs } from '../model/units.ts'
import { isPausable, type LiveNode } from '../substrate/substrate.ts'
import type { Service } from './service.ts'
import { pause } from './wait.ts'

export interface FaultRequest {
  readonly faults: readonly Fault[]
  /** Nodes of a group, or the one node of that name. */
  readonly nodes: (name: string) => readonly LiveNode[]
  readonly services: ReadonlyMap<string, Service>
  /** Starts the service of a node anew after a kill. */
  readonly restart: (node: string) => Promise<void>
  /** Told before the service of a node is ended on purpose. */
  readonly ending: (service: Service) => void
  readonly sinceStart: () => number
  readonly emit: (frame: Frame) => void
  readonly signal: AbortSignal
}

const defaultLastsMs = 500

type Act = (node: LiveNode, fault: Fault, request: FaultRequest) => Promise<void>

const begin: Readonly<Record<Fault['kind'], Act>> = {
  pause: async (node) => {
    await pausable(node).pause()
  },
  kill: (node, fault, request) => kill(node, fault, request),
  restart: (node, fault, request) => kill(node, fault, request),
}

const end: Readonly<Record<Fault['kind'], Act>> = {
  pause: async (node) => {
    await pausable(node).resume()
  },
  kill: async () => {},
  restart: (node, _fault, request) => request.restart(node.name),
}

/** Runs all faults of a block; a paused node is resumed also when the block is interrupted. */
export async function runFaults(request: FaultRequest): Promise<void> {
  await Promise.all(request.faults.map((fault) => runFault(fault, request)))
}

async function runFault(fault: Fault, request: FaultRequest): Promise<void> {
  await pause(Math.max(0, (durationMs(fault.at) ?? 0) - request.sinceStart() / 1e6), request.signal)
  const nodes = request.nodes(fault.node)
  const mark = (on: boolean) =>
    request.emit({ t: 'fault', at: request.sinceStart(), kind: `${fault.kind} ${fault.node}`, on })
  await Promise.all(nodes.map((node) => begin[fault.kind](node, fault, request)))
  mark(true)
  try {
    await pause(fault.lasts === undefined ? defaultLastsMs : (durationMs(fault.lasts) ?? 0), request.signal)
  } finally {
    await Promise.all(nodes.map((node) => end[fault.kind](node, fault, request)))
    mark(false)
  }
}

function pausable(node: LiveNode) {
  if (isPausable(node)) return node
  throw new BenchError('unavailable', `node ${node.name} must be pausable for this fault, its substrate cannot pause`)
}

function kill(node: LiveNode, fault: Fault, request: FaultRequest): Promise<void> {
  const service = request.services.get(node.name)
  if (service === undefined) {
    throw new BenchError('unavailable', `fault ${fault.kind} must name a server node, got ${node.name}`)
  }
  request.ending(service)
  service.child.signal('SIGKILL')
  return service.ended
}
