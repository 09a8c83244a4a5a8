/**
 * Bad networks of nodes that have a network stack of their own on this Linux host (namespaces, containers).
 *
 * Impairments are tc-netem(8) on the host's end of the node's veth pair, so they act on what comes to the node. A packet that is
 * dropped there is lost on the way, and TCP at the sender is not told (it is told of loss on the sender's own interface).
 * A cut is a neighbour entry (ip-neighbour(8)) inside the node that sends packets for an address to a hardware address that nobody
 * has: the sender gets no error and no answer, as with a cable that is broken in that direction.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { Impairment } from '../model/impairment.ts'
import type { JournalEntry } from '../model/journal.ts'
import { durationMs } from '../model/units.ts'
import type { OnNode } from './on-node.ts'
import type { Breakable } from './substrate.ts'

export const badKinds = { qdisc: 'qdisc', neighbours: 'neighbours' } as const

/** A locally administered hardware address that nobody has. */
export const nobody = '02:6e:61:74:73:00'
/** Packets that netem holds; with its default of 1000 it drops packets under load. */
const queue = '100000'
const unknownKind = /qdisc kind is unknown|No such file|not supported/i

export interface BadNetworkRequest extends OnNode {
  /** Name of the host's end of the veth pair; called only when it is needed. */
  readonly device: () => Promise<string>
  /** Words that go before a command so that it runs in the network of the node. */
  readonly inside: () => Promise<readonly string[]>
}

/** `left` is called when the node is gone: impairments and cuts are gone with it, and their journal entries are closed. */
export function badNetwork(request: BadNetworkRequest): Breakable & { readonly left: () => Promise<void> } {
  const { host, node, run, journal } = request
  const open = new Map<string, JournalEntry>()
  const cutOff = new Set<string>()
  const noted = async (kind: string, name: string) => {
    if (!open.has(kind)) open.set(kind, await journal.will(kind, name, { run, node }))
  }
  const gone = async (kind: string) => {
    const entry = open.get(kind)
    if (entry === undefined) return
    await journal.gone(entry)
    open.delete(kind)
  }
  return {
    async impair(how) {
      const device = await request.device()
      await noted(badKinds.qdisc, device)
      const words = ['qdisc', 'replace', 'dev', device, 'root', 'netem', 'limit', queue, ...netemWords(how)]
      const { status, stderr } = await host.run(['tc', ...words], { accept: 'any' })
      if (status === 0) return
      await gone(badKinds.qdisc)
      throw unknownKind.test(stderr) ? noNetem(host.name) : refused(`network of node ${node}`, stderr)
    },
    async cut(addresses) {
      await noted(badKinds.neighbours, node)
      const inside = await request.inside()
      for (const address of addresses) {
        cutOff.add(address)
        const words = ['neigh', 'replace', address, 'lladdr', nobody, 'nud', 'permanent', 'dev', 'eth0']
        await host.run([...inside, 'ip', ...words])
      }
    },
    async whole() {
      if (!open.has(badKinds.qdisc)) return
      const device = await request.device()
      await host.run(['tc', 'qdisc', 'delete', 'dev', device, 'root'], { accept: 'any' })
      const { stdout } = await host.run(['tc', 'qdisc', 'show', 'dev', device])
      if (stdout.includes('netem')) throw stays(node, stdout)
      await gone(badKinds.qdisc)
    },
    async join() {
      if (!open.has(badKinds.neighbours)) return
      const inside = await request.inside()
      for (const address of cutOff)
        await host.run([...inside, 'ip', 'neigh', 'delete', address, 'dev', 'eth0'], { accept: 'any' })
      const { stdout } = await host.run([...inside, 'ip', 'neigh', 'show', 'nud', 'permanent', 'dev', 'eth0'])
      if (stdout.includes(nobody)) throw stays(node, stdout)
      cutOff.clear()
      await gone(badKinds.neighbours)
    },
    left: async () => {
      for (const kind of [...open.keys()]) await gone(kind)
    },
  }
}

/** Arguments of netem; it takes shares as per cent. */
export function netemWords({ delay, jitter, loss, rate, reorder }: Impairment): readonly string[] {
  const us = (text: string) => `${Math.round((durationMs(text) ?? 0) * 1000)}us`
  const percent = (value: number) => `${Number((value * 100).toFixed(4))}%`
  return [
    ...(delay === undefined ? [] : ['delay', us(delay), ...(jitter === undefined ? [] : [us(jitter)])]),
    ...(loss === undefined ? [] : ['loss', 'random', percent(loss)]),
    ...(reorder === undefined ? [] : ['reorder', percent(reorder)]),
    ...(rate === undefined ? [] : ['rate', rate]),
  ]
}

/** Why this host cannot impair, undefined where it can. Tried in a network namespace that ends with the command. */
export async function whyNoNetem(host: Host): Promise<string | undefined> {
  const words = ['unshare', '-n', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']
  const tried = await host
    .run(words, { accept: 'any' })
    .catch((error: unknown) => ({ status: -1, stderr: String(error) }))
  if (tried.status === 0) return undefined
  return tried.status !== -1 && unknownKind.test(tried.stderr)
    ? noNetem(host.name).message
    : `tc must be able to impair a network, got ${JSON.stringify(tried.stderr.trim().slice(0, 200))}; install iproute2 and run as root`
}

const noNetem = (host: string): BenchError =>
  new BenchError('unavailable', `kernel of ${host} must have netem (module sch_netem), it has not`, {
    hint: 'load it with modprobe sch_netem; distributions keep it in linux-modules-extra or the like',
  })

const refused = (what: string, stderr: string): BenchError =>
  new BenchError('os', `${what} must take the impairment, got ${JSON.stringify(stderr.trim())}`)

const stays = (node: string, seen: string): BenchError =>
  new BenchError('os', `network of node ${node} must be whole again, got ${JSON.stringify(seen.trim())}`)
