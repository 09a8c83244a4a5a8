/** Ports of the nodes: four for each node, counted from a free base, outside the range of ports that the system gives out by itself. */
import { createServer, type Server } from 'node:net'
import { BenchError } from '../model/error.ts'
import type { Endpoint } from '../model/plan.ts'

const portsPerNode = 4
/** How many nodes have free ports at a base. The ports of further nodes are checked when the nodes are made. */
const probedNodes = 64

/** Below the ephemeral ports: Linux gives out 32768 and up, FreeBSD 10000 and up. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  Linux: [20_000, 32_000],
  FreeBSD: [4000, 9800],
}

export function endpointAt(base: number, index: number): Endpoint {
  const client = base + index * portsPerNode
  return { address: '127.0.0.1', ports: { client, monitor: client + 1, cluster: client + 2, floor: client + 3 } }
}

/** Starts at a place in the range that depends on the tag, so that two labs made at the same time do not use the same ports. */
export function findBase(os: string, tag: string, used: ReadonlySet<number>): number {
  const [from, to] = rangeOf(os)
  const span = probedNodes * portsPerNode
  const places = Math.floor((to - from - span) / portsPerNode)
  const first = placeOf(tag, places)
  for (let step = 0; step < places; step += 1) {
    const base = from + ((first + step * 16) % places) * portsPerNode
    if (!anyUsed(base, span, used)) return base
  }
  throw new BenchError('busy', `ports ${from} to ${to} must have ${span} free in a row, got none`, {
    hint: 'choose a free range with --port-base',
  })
}

/** Ports of a block. One is for the claim itself, so 15 nodes have ports that no other lab of this machine uses. */
const blockPorts = 64

export interface Claim {
  readonly base: number
  /** Gives the block back. */
  readonly release: () => void
}

/**
 * Like `findBase`, for labs on this machine only. A lab claims a block by listening on its first port, so that two labs cannot choose
 * the same one before their servers listen. Nodes that do not fit into the block get the next ports, without a claim.
 */
export async function claimBase(os: string, tag: string, used: ReadonlySet<number>): Promise<Claim> {
  const [from, to] = rangeOf(os)
  const blocks = Math.floor((to - from - probedNodes * portsPerNode) / blockPorts)
  const first = placeOf(tag, blocks)
  for (let step = 0; step < blocks; step += 1) {
    const start = from + ((first + step) % blocks) * blockPorts
    const holder = anyUsed(start, blockPorts, used) ? undefined : await listening(start)
    if (holder !== undefined) return { base: start + portsPerNode, release: () => void holder.close() }
  }
  return { base: findBase(os, tag, used), release: () => undefined }
}

/** Listens on a port; undefined where it is taken. Does not keep the process alive. */
function listening(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Checks a base from the settings. */
export function checkBase(text: string): number {
  const base = Number(text)
  if (!/^\d{1,5}$/.test(text) || base < 1024 || base > 65_535 - portsPerNode) {
    throw new BenchError(
      'usage',
      `port base must be a number from 1024 to ${65_535 - portsPerNode}, got ${JSON.stringify(text)}`,
    )
  }
  return base
}

/** Throws `busy` naming the port. */
export function checkFree(node: string, endpoint: Endpoint, used: ReadonlySet<number>): void {
  const taken = Object.entries(endpoint.ports).filter(([, port]) => used.has(port))
  if (taken.length === 0) return
  const [use, port] = taken[0] ?? ['', 0]
  throw new BenchError('busy', `${use} port ${port} of node ${node} must be free, got one in use`, {
    hint: 'end the program that listens there, or choose other ports with --port-base',
    lines: taken.map(([name, number]) => `${name} ${endpoint.address}:${number}`),
  })
}

function rangeOf(os: string): readonly [number, number] {
  return ranges[os] ?? [20_000, 32_000]
}

function placeOf(tag: string, places: number): number {
  return [...tag].reduce((sum, letter) => (sum * 36 + parseInt(letter, 36)) % places, 0)
}

function anyUsed(base: number, span: number, used: ReadonlySet<number>): boolean {
  for (let port = base; port < base + span; port += 1) if (used.has(port)) return true
  return false
}
