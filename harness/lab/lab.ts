/** A lab: opened (nodes up), measured on as often as one likes, closed (nothing left). */
import { BenchError, unknownNode } from '../model/error.ts'
import type { Impairment } from '../model/impairment.ts'
import type { NodePlan, Plan } from '../model/plan.ts'
import { agentFolder } from '../model/node-names.ts'
import { isBreakable, isPausable, type Breakable, type LiveNode } from '../substrate/substrate.ts'
import { runBlock } from './block.ts'
import { blocks, type MeasuredBlock } from './blocks.ts'
import { build, takeDown, type Nodes } from './build.ts'
import { Crew } from './crew.ts'
import { keptServer, type KeptServer } from './kept-server.ts'
import { probeNetwork, type NetworkSeen } from './net-probe.ts'
import { fromNow, type Service } from './service.ts'
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
  /** Treats what comes to the node; returns what packets from a load node met before and after. */
  impair(node: string, how: Impairment): Promise<readonly [before: NetworkSeen, now: NetworkSeen]>
  /** Cuts the node off from another one, or from all others, both ways. */
  cut(node: string, from: string | undefined): Promise<void>
  /** Takes impairments and cuts back, of all nodes. */
  heal(): Promise<void>
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
      await Promise.all(loads.map((node) => node.put(packages, `${node.directory}/${agentFolder}`)))
    },
    measure: async (take) => {
      // A fault may meet every process of a node.
      const crew = take.plan.faults.length > 0 ? undefined : (take.crew ?? new Crew())
      try {
        const measure = (block: MeasuredBlock) =>
          runBlock({
            ...block,
            token: site.token,
            cores: site.host.cores,
            nodes,
            kept: new Map([...servers].flatMap(running)),
            crew,
          })
        await blocks(site, take, { measure, isFresh: ({ assignments }) => crew?.knows(assignments) === false })
      } finally {
        if (take.crew === undefined) await crew?.close()
      }
    },
    pause: async (name) => {
      await pausable(nodes, name).pause()
      held.add(name)
    },
    resume: async (name) => {
      await pausable(nodes, name).resume()
      held.delete(name)
    },
    paused: (name) => held.has(name),
    impair: async (name, how) => {
      const node = breakable(nodes, name)
      const probe = () => probed(site, nodes, node)
      const before = await probe()
      await node.impair(how)
      return [before, await probe()]
    },
    cut: async (name, from) => {
      const address = (of: LiveNode) => site.plan.nodes.find((each) => each.name === of.name)?.endpoint.address ?? ''
      const node = breakable(nodes, name)
      const names = from === undefined ? [...nodes.keys()].filter((each) => each !== name) : [from]
      const others = names.map((each) => breakable(nodes, each))
      await node.cut(others.map(address))
      for (const other of others) await other.cut([address(node)])
    },
    heal: async () => {
      for (const node of nodes.values()) {
        if (!isBreakable(node)) continue
        await node.whole()
        await node.join()
      }
    },
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
  return service === undefined ? [] : [[name, fromNow(service)]]
}

/** From the first load node that is not the one in question. */
function probed({ plan }: Site, nodes: Nodes, node: LiveNode): Promise<NetworkSeen> {
  const from = plan.nodes.find(({ role, name }) => role === 'load' && name !== node.name) ?? plan.nodes[0]
  const address = plan.nodes.find(({ name }) => name === node.name)?.endpoint.address ?? ''
  return probeNetwork(nodes.get(from?.name ?? '') ?? node, node, address)
}

function breakable(nodes: Nodes, name: string): LiveNode & Breakable {
  const node = nodes.get(name)
  if (node === undefined) throw unknownNode(name, nodes.keys())
  if (isBreakable(node)) return node
  throw new BenchError('unavailable', `node ${name} must have a network of its own, it has not`, {
    hint: 'network namespaces, containers and VNET jails have one: --on netns, --on container or --network vnet',
  })
}

function pausable(nodes: Nodes, name: string) {
  const node = nodes.get(name)
  if (node !== undefined && isPausable(node)) return node
  throw new BenchError('unavailable', `node ${name} must be one that can be paused`, {
    hint: 'the substrates process and container can pause their nodes',
  })
}
