/** Ports of the nodes: four each, from a base; found free, away from the ports the system hands out by itself. */
import { createServer, type Server } from 'node:net'
import { BenchError } from '../model/error.ts'
import type { Endpoint } from '../model/plan.ts'

export const portsPerNode = 4
/** Nodes for which a base is found free; further ones are checked when they are made. */
const probedNodes = 64

/** Below the range of ephemeral ports: Linux hands out 32768 and up, FreeBSD 10000 and up. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  Linux: [20_000, 32_000],
  FreeBSD: [4000, 9800],
}

export function endpointAt(base: number, index: number): Endpoint {
  const client = base + index * portsPerNode
  return { address: '127.0.0.1', ports: { client, monitor: client + 1, cluster: client + 2, floor: client + 3 } }
}

/** Begins at a place of the range that the tag decides, so that labs made at the same time do not meet. */
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

/** Ports of a block, and with them nodes that no other lab of this machine can meet: 15. */
const blockPorts = 64

export interface Claim {
  readonly base: number
  /** Gives the block back. */
  readonly release: () => void
}

/**
 * As `findBase`, on this machine: a block is claimed by listening on its first port, so that of two labs which look at the same
 * time, both before their servers listen, the system lets one. Nodes beyond the block have what `findBase` would give.
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

/** Undefined where the port is taken. Keeps no process alive. */
function listening(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** A base that someone chose. */
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
