/** Nodes up, nodes down. A failure undoes what was made, in reverse; what cannot be undone stays in the journal. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { Plan } from '../model/plan.ts'
import { agentFolder } from '../model/node-names.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import type { Site } from './site.ts'
import { sweepRun } from './sweep.ts'
import { agentFiles } from './stage.ts'
import { byNumber, count } from '../model/count.ts'

export type Nodes = ReadonlyMap<string, LiveNode>

/** Makes every node of the plan and puts the agent into the load nodes. */
export async function build(site: Site): Promise<Nodes> {
  const { plan, substrate, journal, signal, observe } = site
  const nodes = new Map<string, LiveNode>()
  const files = await agentFiles(plan)
  let ready = 0
  const told = (node?: string) =>
    observe({ kind: 'build', made: ready, of: plan.nodes.length, ...(node === undefined ? {} : { node }) }, plan)
  told()
  const made = await Promise.allSettled(
    plan.nodes.map(async (wanted) => {
      const node = await substrate.create(wanted, journal, signal)
      nodes.set(wanted.name, node)
      if (wanted.role === 'load') await node.put(files, `${node.directory}/${agentFolder}`)
      ready += 1
      told(wanted.name)
    }),
  )
  const failure = made.find((result) => result.status === 'rejected')
  try {
    if (failure !== undefined) throw asBenchError(failure.reason)
    await bringServers(plan, nodes)
  } catch (error) {
    await takeDown(nodes, site)
    throw error
  }
  return nodes
}

/** Every nats-server of every variant, before anything is measured: one that cannot be had is known then, not after half of the blocks. */
async function bringServers({ variants }: Plan, nodes: Nodes): Promise<void> {
  const brought = new Set<string>()
  for (const { node, server } of variants.flatMap(({ services }) => services)) {
    const key = JSON.stringify([node, server])
    if (brought.has(key)) continue
    brought.add(key)
    await nodes.get(node)?.server(server)
  }
}

/** Destroys all nodes and then whatever else the journal still names; throws naming what stays. */
export async function takeDown(nodes: Nodes, { substrate, journal }: Site): Promise<void> {
  const results = await Promise.allSettled([...nodes.values()].reverse().map((node) => node.destroy()))
  if (journal.open().length > 0) {
    await sweepRun(journal, substrate)
    return
  }
  const failed = results.filter((result) => result.status === 'rejected')
  if (failed.length > 0) {
    throw new BenchError(
      'os',
      `${count(failed.length, 'node')} must be removed, ${byNumber(failed.length, 'it was', 'they were')} not`,
      {
        lines: failed.map((result) => asBenchError(result.reason).message),
        hint: 'run "pnpm bench sweep"',
      },
    )
  }
}
