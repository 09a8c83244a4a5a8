/**
 * Nodes that the runs of one command share: a run that ends gives its nodes back instead of destroying them, and the next one
 * takes those that fit. A node stands at its index in the plan, which gives it its address; one of another role, network or
 * limits is removed first. Between two runs all programs of a node are ended and its files are gone.
 */
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import { isPausable } from './substrate.ts'
import type { LiveNode, Substrate } from './substrate.ts'

export interface KeptNodes {
  /** For one run; the nodes that it got from an earlier one stand in its facts. */
  forRun(): Substrate
  /** How many there are that no run has. */
  idle(): number
  /** Destroys those that no run has; throws what kept the first of them. */
  close(): Promise<void>
}

interface Slot {
  readonly node: LiveNode
  readonly fit: string
}

/** `journal` has the nodes as long as they exist, whatever run uses them. */
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
        if (signal.aborted) throw new BenchError('interrupted', 'the run was interrupted')
        const before = take(plan.index)
        const fit = fitOf(plan)
        if (before?.fit === fit) {
          reused.add(plan.name)
          return lent(before, plan, free)
        }
        await before?.node.destroy()
        return lent({ node: await inner.create(plan, journal, signal), fit }, plan, free)
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

/** All that a node is made by, but for its name. */
function fitOf({ role, endpoint, cpus, memoryBytes, diskBytes, network }: NodePlan): string {
  return JSON.stringify([role, endpoint, cpus ?? [], memoryBytes ?? 0, diskBytes ?? 0, network ?? ''])
}

/** As its run sees it: under the name that its plan has, and given back by `destroy`. */
function lent(slot: Slot, plan: NodePlan, free: Map<number, Slot>): LiveNode {
  const { node } = slot
  const children = new Set<Child>()
  let back: Promise<void> | undefined
  const giveBack = async () => {
    try {
      await clear(node, children)
      free.set(plan.index, slot)
    } catch {
      // One that cannot be made as new is of no use to the next run: whether it goes is what counts, and is said.
      await node.destroy()
    }
  }
  return {
    ...node,
    name: plan.name,
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

const programMs = 2000

async function clear(node: LiveNode, children: ReadonlySet<Child>): Promise<void> {
  if (isPausable(node)) await node.resume()
  await Promise.all([...children].map((child) => child.stop(programMs)))
  const script = 'rm -rf -- "$0"/* "$0"/.[!.]*'
  const removal = await node.spawn(['/bin/sh', '-c', script, node.directory])
  removal.closeInput()
  const { status } = await removal.exit
  if (status !== 0) throw new BenchError('os', `folder of node ${node.name} must be emptied, it was not`)
}
