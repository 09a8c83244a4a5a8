/** A lab: opened (nodes up), measured on as often as one likes, closed (nothing left). */
import { BenchError } from '../model/error.ts'
import type { NodePlan, Plan } from '../model/plan.ts'
import { isPausable } from '../substrate/substrate.ts'
import { runBlock } from './block.ts'
import { blocks } from './blocks.ts'
import { build, takeDown, type Nodes } from './build.ts'
import { keptServer, type KeptServer } from './kept-server.ts'
import type { Service } from './service.ts'
import type { Site, Take } from './site.ts'
import { agentPackages } from './stage.ts'

export interface Lab {
  readonly site: Site
  readonly nodes: Nodes
  readonly plans: ReadonlyMap<string, NodePlan>
  /** Those that are kept up; none before `serve`. */
  readonly servers: ReadonlyMap<string, KeptServer>
  /** Starts the servers of the plan's first variant and keeps them up. Without it every block starts its own. */
  serve(): Promise<void>
  /** Puts into the load nodes what the agents of another plan need beyond what is there. */
  stage(plan: Plan): Promise<void>
  /** Runs the blocks, writing every frame; a kept server that is down is started for the block. Throws what ends it early. */
  measure(take: Take): Promise<void>
  pause(node: string): Promise<void>
  resume(node: string): Promise<void>
  paused(node: string): boolean
  /** Once, however often it is called. Throws naming what stays on the host. */
  close(): Promise<void>
}

/** Builds all nodes of the plan; on failure nothing stays. */
export async function openLab(site: Site): Promise<Lab> {
  const nodes = await build(site)
  const servers = new Map<string, KeptServer>()
  const held = new Set<string>()
  let closed: Promise<void> | undefined
  return {
    site,
    nodes,
    plans: new Map(site.plan.nodes.map((node) => [node.name, node])),
    servers,
    serve: async () => {
      for (const { node } of site.plan.variants[0]?.services ?? []) {
        const kept = keptServer(site, node, nodes)
        servers.set(node, kept)
        await kept.start()
      }
    },
    stage: async (plan) => {
      const packages = await agentPackages(plan)
      if (Object.keys(packages).length === 0) return
      const loads = site.plan.nodes.flatMap((node) => (node.role === 'load' ? (nodes.get(node.name) ?? []) : []))
      await Promise.all(loads.map((node) => node.put(packages, `${node.directory}/agent`)))
    },
    measure: (take) =>
      blocks(site, take, (block) =>
        runBlock({ ...block, token: site.token, nodes, kept: new Map([...servers].flatMap(running)) }),
      ),
    pause: async (name) => {
      await pausable(nodes, name).pause()
      held.add(name)
    },
    resume: async (name) => {
      await pausable(nodes, name).resume()
      held.delete(name)
    },
    paused: (name) => held.has(name),
    close: () => {
      closed ??= (async () => {
        // A server that will not stop goes with its node.
        await Promise.allSettled([...servers.values()].map((server) => server.stop()))
        await takeDown(nodes, site)
      })()
      return closed
    },
  }
}

function running([name, server]: readonly [string, KeptServer]): readonly (readonly [string, Service])[] {
  const service = server.service()
  return service === undefined ? [] : [[name, service]]
}

function pausable(nodes: Nodes, name: string) {
  const node = nodes.get(name)
  if (node !== undefined && isPausable(node)) return node
  throw new BenchError('unavailable', `node ${name} must be one that can be paused`, {
    hint: 'the substrates process and container can pause their nodes',
  })
}
