/** Timed faults beside the load, as frames on the same time line. */
import { BenchError } from '../model/error.ts'
import { faultFacts, faultWords, isForGood, type FaultKind } from '../model/faults.ts'
import type { Frame } from '../model/recording.ts'
import type { Fault } from '../model/scenario.ts'
import { durationMs } from '../model/units.ts'
import { isFillable, type LiveNode } from '../substrate/substrate.ts'
import { probeDisk, waitingProbe, type DiskSeen } from './disk-probe.ts'
import { locator, type Locate, type Locating } from './locate.ts'
import { probeNetwork } from './net-probe.ts'
import { breakable, crashable, fillable, freezable, pausable, slowable } from './powers.ts'
import { lastsMs, plannedEndMs, type Overrun } from './overrun.ts'
import type { Service } from './service.ts'
import { pause, within } from './wait.ts'

export interface FaultRequest extends Omit<Locating, 'services'> {
  readonly late: Overrun
  readonly services: ReadonlyMap<string, Service>
  /** All nodes of the variant, and where each is reached. */
  readonly all: readonly LiveNode[]
  readonly address: (node: string) => string
  /** Starts the service of a node anew. */
  readonly restart: (node: string) => Promise<void>
  /** Told before the service of a node is ended on purpose. */
  readonly ending: (service: Service) => void
  readonly sinceStart: () => number
  readonly emit: (frame: Frame) => void
}

/** What a probe takes, and some time. */
const probeMs = 4000
const endMs = 30_000

type Act = (node: LiveNode, request: FaultRequest, fault: Fault) => Promise<void>

interface Acts {
  /** While there is time, of every node that it may meet. */
  readonly prepare?: (node: LiveNode) => Promise<void>
  readonly begin: Act
  readonly end: Act
  /** What it truly did: asked some seconds before it, and while it is on. */
  readonly probe?: (
    when: 'before' | 'during',
    nodes: readonly LiveNode[],
    fault: Fault,
    request: FaultRequest,
  ) => Promise<void>
  /** In place of the probe while it is on: ready before it begins, for then no program starts there; let go, it ends after the fault. */
  readonly ready?: (nodes: readonly LiveNode[], fault: Fault, request: FaultRequest) => Promise<() => Promise<void>>
}

const again: Acts['end'] = (node, request) => request.restart(node.name)

const acts: Readonly<Record<FaultKind, Acts>> = {
  pause: { begin: (node) => pausable(node).pause(), end: (node) => pausable(node).resume() },
  kill: { begin: (node, request) => ended(node, 'SIGKILL', request), end: again },
  stop: { begin: (node, request) => ended(node, 'SIGTERM', request), end: again },
  restart: { begin: (node, request) => ended(node, 'SIGTERM', request), end: again },
  impair: {
    begin: async (node, _request, fault) => {
      if (fault.with !== undefined) await breakable(node).impair(fault.with)
    },
    end: (node) => breakable(node).whole(),
    probe: probeLink,
  },
  partition: {
    begin: async (node, request, fault) => {
      const { way = 'both' } = fault
      const others = sideOf(node, fault, request)
      const address = (one: LiveNode) => request.address(one.name)
      if (way !== 'in') await breakable(node).cut(others.map(address))
      if (way !== 'out') for (const other of others) await breakable(other).cut([address(node)])
    },
    end: async (node, request, fault) => {
      for (const one of [node, ...sideOf(node, fault, request)]) await breakable(one).join()
    },
    probe: probeLink,
  },
  'disk-full': { begin: (node) => fillable(node).fill(), end: (node) => fillable(node).drain() },
  'slow-disk': {
    begin: async (node, _request, { writesPerSecond }) => {
      if (writesPerSecond !== undefined) await slowable(node).slow(writesPerSecond)
    },
    end: (node) => slowable(node).quick(),
    probe: probeDisks,
  },
  'hung-disk': {
    begin: (node) => freezable(node).freeze(),
    end: (node) => freezable(node).thaw(),
    probe: probeDisks,
    ready: async (nodes, fault, request) => {
      const probes = await Promise.all(nodes.map(waitingProbe))
      return async () => void (await Promise.all(probes.map((write) => tellDisk('during', write, fault, request))))
    },
  },
  'os-crash': {
    // A stream is as old as the block: without this a crash would lose it whole, which a real one seldom does.
    prepare: (node) => crashable(node).settle(),
    begin: async (node, request) => {
      await ended(node, 'SIGKILL', request)
      await crashable(node).crash()
    },
    end: again,
  },
}

/** The other side of a partition: nodes of its own side are left out. */
function sideOf(node: LiveNode, { node: own, from }: Fault, request: FaultRequest): readonly LiveNode[] {
  const ours = new Set(own === undefined ? [node] : request.nodes(own))
  const others = from === undefined ? request.all : request.nodes(from)
  return others.filter((one) => one !== node && !ours.has(one))
}

export interface ReadyFault {
  readonly fault: Fault
  readonly locate: Locate
  /** For the probe before it. */
  readonly earlier?: Locate
}

/** Starts what faults need to find their nodes: before the load, for a program that starts under it takes of its processor, and of a slow one for long. */
export async function readyFaults(faults: readonly Fault[], locating: Locating): Promise<readonly ReadyFault[]> {
  return Promise.all(
    faults.map(async (fault) => {
      const wanted = acts[fault.kind].probe === undefined ? [fault] : [fault, fault]
      const [locate, earlier] = await Promise.all(wanted.map((each) => locator(each, locating)))
      return { fault, locate: locate!, ...(earlier === undefined ? {} : { earlier }) }
    }),
  )
}

/** Runs all faults of a block; what is still on when the block is interrupted is undone. */
export async function runFaults(faults: readonly ReadyFault[], request: FaultRequest): Promise<void> {
  await Promise.all(
    faults.map((ready) => {
      const turns = ready.fault.node === undefined ? 1 : request.nodes(ready.fault.node).length
      return request.late.of(plannedEndMs(ready.fault, turns), () => runFault(ready, request))
    }),
  )
}

async function runFault({ fault, locate, earlier }: ReadyFault, request: FaultRequest): Promise<void> {
  const atMs = durationMs(fault.at) ?? 0
  const until = (ms: number) => pause(Math.max(0, ms - request.sinceStart() / 1e6), request.signal)
  const { prepare, probe } = acts[fault.kind]
  if (prepare !== undefined) await Promise.all(serversOf(fault, request).map(prepare))
  // Some three seconds before it, under the same load; a node that is only found at its time is probed with what it was then.
  if (probe !== undefined && earlier !== undefined) {
    await until(atMs - probeMs)
    await probe('before', await earlier(), fault, request)
  }
  await until(atMs)
  const nodes = await locate()
  const words = faultWords(fault)
  if (fault.every === undefined) return strike(words, nodes, fault, request)
  const from = performance.now()
  await Promise.all(
    nodes.map(async (node, i) => {
      const at = from + i * (durationMs(fault.every ?? '0s') ?? 0)
      await pause(Math.max(0, at - performance.now()), request.signal)
      await strike(`${words} (${i + 1} of ${nodes.length})`, [node], fault, request)
    }),
  )
}

/** Those that it may meet: who leads is only known when its time has come. */
function serversOf({ node }: Fault, request: FaultRequest): readonly LiveNode[] {
  return node === undefined ? [...request.services.values()].map((service) => service.node) : request.nodes(node)
}

async function strike(kind: string, nodes: readonly LiveNode[], fault: Fault, request: FaultRequest): Promise<void> {
  const { kind: name } = fault
  const { begin, end, probe, ready } = acts[name]
  const write = await ready?.(nodes, fault, request)
  const mark = (on: boolean, since = {}) =>
    request.emit({ t: 'fault', at: request.sinceStart(), kind, on, nodes: nodes.map(({ name }) => name), ...since })
  // From here on it may do something: a time without messages that begins now is its own.
  mark(true)
  let since = {}
  const forGood = isForGood(fault)
  let written: Promise<void> | undefined
  try {
    await Promise.all(nodes.map((node) => begin(node, request, fault)))
    since = { whole: request.sinceStart() }
    written = write?.()
    // Awaited below, when the fault is over; one that fails before that waits there to be told.
    written?.catch(() => undefined)
    await Promise.all([
      forGood ? undefined : pause(lastsMs(fault), request.signal),
      write === undefined ? probe?.('during', nodes, fault, request) : undefined,
    ])
  } finally {
    // A server that the block takes down in any case is not started again for it.
    if (!forGood && !(faultFacts[name].ends && request.signal.aborted))
      await Promise.all(nodes.map((node) => end(node, request, fault)))
    mark(false, since)
  }
  await written
}

/** From a node of the other side, or from a load node where there are no sides. */
async function probeLink(
  when: 'before' | 'during',
  nodes: readonly LiveNode[],
  fault: Fault,
  request: FaultRequest,
): Promise<void> {
  const [node] = nodes
  if (node === undefined) return
  const from = fault.kind === 'partition' ? sideOf(node, fault, request)[0] : request.asker
  if (from === undefined) return
  const at = request.sinceStart()
  const seen = await probeNetwork(from, node, request.address(node.name))
  request.emit({ t: 'network', at, fault: faultWords(fault), when, ...seen })
}

/** Of every node that it meets; before it of all that it may meet, for who leads may change until then. */
async function probeDisks(
  when: 'before' | 'during',
  nodes: readonly LiveNode[],
  fault: Fault,
  request: FaultRequest,
): Promise<void> {
  const asked = when === 'during' ? nodes : serversOf(fault, request).filter(isFillable)
  await Promise.all(asked.map((node) => tellDisk(when, () => probeDisk(node), fault, request)))
}

async function tellDisk(
  when: 'before' | 'during',
  probe: () => Promise<DiskSeen>,
  fault: Fault,
  request: FaultRequest,
): Promise<void> {
  const at = request.sinceStart()
  request.emit({ t: 'disk', at, fault: faultWords(fault), when, ...(await probe()) })
}

async function ended(node: LiveNode, signal: 'SIGKILL' | 'SIGTERM', request: FaultRequest): Promise<void> {
  const service = request.services.get(node.name)
  if (service === undefined) throw new BenchError('unavailable', `fault must name a server node, got ${node.name}`)
  request.ending(service)
  service.child.signal(signal)
  await within(service.ended, {
    ms: endMs,
    signal: request.signal,
    late: () =>
      new BenchError('agent', `nats-server of node ${node.name} must end within 30 s of ${signal}, it did not`),
  })
}
