/**
 * Nodes that the runs of one command share: a run that ends gives its nodes back instead of destroying them, and the next run
 * takes those that fit. A node is kept by its index in the plan, because its address depends on it. Where the node at an index has
 * another role, network or limits, it is destroyed first. Between two runs all programs of a node are ended and its files removed.
 * Only the agent's programs stay where the next run gets the same ones: in an emulator it takes seconds to copy them.
 */
import { createHash } from 'node:crypto'
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import { agentFolder } from '../model/node-names.ts'
import type { NodePlan } from '../model/plan.ts'
import { stopHere } from './place.ts'
import { isPausable } from './substrate.ts'
import type { LiveNode, Pausable, Substrate } from './substrate.ts'

export interface KeptNodes {
  /** The substrate for one run; its facts name the nodes that an earlier run had. */
  forRun(): Substrate
  /** How many nodes no run uses now. */
  idle(): number
  /** Destroys the nodes that no run uses; throws the first error. */
  close(): Promise<void>
}

interface Slot {
  readonly node: LiveNode
  readonly fit: string
  /** What has been put into the folder of the agent, each time, as a digest. */
  readonly staged: string[]
}

/** `journal` names the nodes as long as they exist, whichever run uses them. */
export function keptNodes(inner: Substrate, journal: Journal): KeptNodes {
  const free = new Map<number, Slot>()
  const take = (index: number): Slot | undefined => {
    const slot = free.get(index)
    free.delete(index)
    return slot
  }
  const forRun = (): Substrate => {
    const reused = new Set<string>()
    return {
      ...inner,
      lends: true,
      create: async (plan, _ofTheRun, signal) => {
        stopHere(signal)
        const before = take(plan.index)
        const fit = fitOf(plan)
        if (before?.fit === fit) {
          reused.add(plan.name)
          return lent(before, plan, free)
        }
        await before?.node.destroy()
        return lent({ node: await inner.create(plan, journal, signal), fit, staged: [] }, plan, free)
      },
      facts: async () => ({
        ...(await inner.facts()),
        ...(reused.size === 0 ? {} : { 'nodes.kept': `from an earlier scenario: ${[...reused].sort().join(', ')}` }),
      }),
    }
  }
  return {
    forRun,
    idle: () => free.size,
    close: async () => {
      const slots = [...free.keys()].flatMap((index) => take(index) ?? [])
      const ends = await Promise.allSettled(slots.map(({ node }) => node.destroy()))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}

/** All of the plan that decides how a node is made, except its name. */
function fitOf({ role, endpoint, cpus, memoryBytes, diskBytes, network }: NodePlan): string {
  return JSON.stringify([role, endpoint, cpus ?? [], memoryBytes ?? 0, diskBytes ?? 0, network ?? ''])
}

/** The node as its run sees it: with the name in the run's plan, and with a `destroy` that gives it back. */
function lent(slot: Slot, plan: NodePlan, free: Map<number, Slot>): LiveNode {
  const { node, staged } = slot
  const children = new Set<Child>()
  const power = isPausable(node) ? pausedOnce(node) : undefined
  let back: Promise<void> | undefined
  const giveBack = async () => {
    try {
      await power?.ifPaused()
      await clear(slot, children)
      free.set(plan.index, slot)
    } catch {
      // A node that cannot be cleared is useless to the next run, so it is destroyed. Only an error of that is thrown.
      await node.destroy()
    }
  }
  return {
    ...node,
    ...power?.pausable,
    name: plan.name,
    put: async (files, where) => {
      if (where !== `${node.directory}/${agentFolder}`) return node.put(files, where)
      const digest = digestOf(files)
      if (staged.length === 1 && staged[0] === digest) return
      staged.push(digest)
      try {
        await node.put(files, where)
      } catch (error) {
        // Some of it may be there, so nothing may stay.
        staged.push('')
        throw error
      }
    },
    spawn: async (command, options) => {
      if (back !== undefined) throw new BenchError('bug', `node ${plan.name} must exist, got one that was given back`)
      const child = await node.spawn(command, options)
      children.add(child)
      void child.exit.then(() => children.delete(child))
      return child
    },
    destroy: () => (back ??= giveBack()),
  }
}

/** Its programs are let go again only where they may be held: that takes two calls to a host. */
function pausedOnce(node: Pausable) {
  let paused = false
  const resume = async () => {
    await node.resume()
    paused = false
  }
  const pause = () => {
    paused = true
    return node.pause()
  }
  return { pausable: { pause, resume }, ifPaused: async () => (paused ? resume() : undefined) }
}

const programMs = 2000
/** $1, if not empty, is the name of what stays. */
const emptying = `
for each in "$0"/* "$0"/.[!.]*; do
  [ "$each" = "$0/$1" ] || rm -rf -- "$each"
done`

async function clear({ node, staged }: Slot, children: ReadonlySet<Child>): Promise<void> {
  await Promise.all([...children].map((child) => child.stop(programMs)))
  const stays = staged.length === 1
  const removal = await node.spawn(['/bin/sh', '-c', emptying, node.directory, stays ? agentFolder : ''])
  removal.closeInput()
  const { status } = await removal.exit
  if (status !== 0) throw new BenchError('os', `folder of node ${node.name} must be emptied, it was not`)
  if (!stays) staged.length = 0
}

function digestOf(files: Parameters<LiveNode['put']>[0]): string {
  const hash = createHash('sha256')
  for (const [name, content] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = Buffer.from(content)
    hash.update(`${JSON.stringify(name)} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}
