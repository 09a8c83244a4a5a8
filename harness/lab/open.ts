/** A topology that stays up: nodes and their servers, without load. For `bench up` and for users' tests. */
import { BenchError } from '../model/error.ts'
import type { NodePlan, Plan, Variant } from '../model/plan.ts'
import { isPausable, type LiveNode } from '../substrate/substrate.ts'
import { build, takeDown, type BuildRequest } from './build.ts'
import { runBlock } from './block.ts'
import type { Measure } from './record.ts'
import { startService, type Service } from './service.ts'
import { agentPackages } from './stage.ts'

export interface OpenRequest extends BuildRequest {
  readonly token: string
}

export interface OpenServer {
  /** `nats://127.0.0.1:4222`, as load nodes reach it. */
  readonly url: string
  /** What it asks every client for. */
  readonly token: string
  /** Address of the monitoring port, `http://127.0.0.1:8222`. */
  readonly monitor: string
  readonly version: string
  running(): boolean
  start(): Promise<void>
  /** Asks the server to end and waits until it has. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  logs(): readonly string[]
  /** While it runs. */
  service(): Service | undefined
}

export interface OpenLab {
  readonly nodes: ReadonlyMap<string, LiveNode>
  readonly plans: ReadonlyMap<string, NodePlan>
  readonly servers: ReadonlyMap<string, OpenServer>
  /** Puts into the load nodes what the agents of another plan need beyond what is there. */
  stage(plan: Plan): Promise<void>
  /** Runs one block on the servers as they run; a server that is stopped is started for the block. */
  readonly measure: Measure
  pause(node: string): Promise<void>
  resume(node: string): Promise<void>
  paused(node: string): boolean
  close(): Promise<void>
}

/** Builds all nodes and starts the servers of the plan's first variant; on failure nothing stays. */
export async function openLab(request: OpenRequest): Promise<OpenLab> {
  const variant = request.plan.variants[0]
  if (variant === undefined) throw new BenchError('bug', 'a plan must have a variant')
  const nodes = await build(request)
  const down = () => takeDown(nodes, request.substrate, request.journal)
  try {
    const servers = new Map<string, OpenServer>()
    const held = new Set<string>()
    for (const service of variant.services) {
      const kept = keptServer(request, variant, service.node, nodes)
      await kept.start()
      servers.set(service.node, kept)
    }
    const all = (act: (server: OpenServer) => Promise<void>) => Promise.all([...servers.values()].map(act))
    return {
      nodes,
      plans: new Map(request.plan.nodes.map((node) => [node.name, node])),
      servers,
      stage: async (plan) => {
        const packages = await agentPackages(plan)
        if (Object.keys(packages).length === 0) return
        const loads = request.plan.nodes.flatMap((node) => (node.role === 'load' ? (nodes.get(node.name) ?? []) : []))
        await Promise.all(loads.map((node) => node.put(packages, `${node.directory}/agent`)))
      },
      measure: (block) =>
        runBlock({ ...block, token: request.token, nodes, kept: new Map([...servers].flatMap(running)) }),
      pause: async (name) => {
        await pausable(nodes, name).pause()
        held.add(name)
      },
      resume: async (name) => {
        await pausable(nodes, name).resume()
        held.delete(name)
      },
      paused: (name) => held.has(name),
      close: async () => {
        await all((server) => server.stop())
        await down()
      },
    }
  } catch (error) {
    await down()
    throw error
  }
}

function keptServer(
  request: OpenRequest,
  variant: Variant,
  name: string,
  nodes: ReadonlyMap<string, LiveNode>,
): OpenServer {
  const plan = variant.services.find((service) => service.node === name)
  const node = nodes.get(name)
  if (plan === undefined || node === undefined) throw new BenchError('bug', `node ${name} must have a service`)
  let service: Service | undefined
  let live = false
  const { address, ports } = plan.endpoint
  return {
    url: `nats://${address}:${ports.client}`,
    token: request.token,
    monitor: `http://${address}:${ports.monitor}`,
    get version() {
      return service?.facts.version ?? ''
    },
    running: () => live,
    start: async () => {
      if (live) return
      const started = await startService(plan, node, request.token, request.signal)
      service = started
      live = true
      void started.ended.then(() => {
        if (service === started) live = false
      })
    },
    stop: async () => {
      await service?.stop()
      await service?.ended
    },
    kill: async () => {
      service?.child.signal('SIGKILL')
      await service?.ended
    },
    logs: () => service?.log() ?? [],
    service: () => (live ? service : undefined),
  }
}

function running([name, server]: readonly [string, OpenServer]): readonly (readonly [string, Service])[] {
  const service = server.service()
  return service === undefined ? [] : [[name, service]]
}

function pausable(nodes: ReadonlyMap<string, LiveNode>, name: string) {
  const node = nodes.get(name)
  if (node !== undefined && isPausable(node)) return node
  throw new BenchError('unavailable', `node ${name} must be one that can be paused`, {
    hint: 'the substrates process and container can pause their nodes',
  })
}
