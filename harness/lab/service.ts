/** nats-server inside a node: configuration put in place, started, waited for, stopped. */
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { ServerFacts } from '../model/facts.ts'
import { serverFolder } from '../model/node-names.ts'
import type { ServicePlan } from '../model/plan.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause } from './wait.ts'

export interface Service {
  readonly plan: ServicePlan
  readonly node: LiveNode
  readonly facts: Omit<ServerFacts, 'variant'>
  readonly child: Child
  /** Settles when the server has ended, whoever ended it. */
  readonly ended: Promise<void>
  log(): readonly string[]
  stop(): Promise<void>
}

const readyWithinMs = 15_000

/** Resolves when the server says that it is ready; throws with its last log lines when it does not get there. */
export async function startService(
  plan: ServicePlan,
  node: LiveNode,
  token: string,
  signal: AbortSignal,
): Promise<Service> {
  const { path, ...origin } = await node.server(plan.server)
  const directory = `${node.directory}/${serverFolder}`
  const config = plan.config.replaceAll('{{token}}', token).replaceAll('{{directory}}', directory)
  await node.put({ 'nats-server.conf': config }, directory)
  const child = await node.spawn([path, '-c', `${directory}/nats-server.conf`])
  const state: { ended: boolean; lost?: BenchError } = { ended: false }
  const ended = child.exit.then(({ lost }) => {
    state.ended = true
    if (lost !== undefined) state.lost = lost
  })
  const deadline = performance.now() + readyWithinMs
  while (!child.tail().some((line) => line.includes('Server is ready'))) {
    if (state.ended || performance.now() > deadline) {
      await child.stop(200)
      throw state.lost ?? notReady(plan, state.ended, child.tail())
    }
    try {
      await pause(10, signal)
    } catch (error) {
      await child.stop(200)
      throw error
    }
  }
  return {
    plan,
    node,
    facts: { node: plan.node, ...origin },
    child,
    ended,
    log: () => child.tail(),
    stop: async () => {
      await child.stop(2000)
    },
  }
}

/** The same server with a log that begins now: what it wrote before belongs to another block. */
export function fromNow(service: Service): Service {
  const last = service.log().at(-1)
  return {
    ...service,
    log: () => {
      const lines = service.log()
      return lines.slice(last === undefined ? 0 : lines.lastIndexOf(last) + 1)
    },
  }
}

function notReady(plan: ServicePlan, ended: boolean, lines: readonly string[]): BenchError {
  const { address, ports } = plan.endpoint
  const taken = lines.some((line) => line.includes('address already in use'))
  return new BenchError(
    'agent',
    taken
      ? `nats-server of node ${plan.node} must listen on ${address}:${ports.client}, got "address already in use"`
      : `nats-server of node ${plan.node} must become ready within ${readyWithinMs / 1000} s, ${ended ? 'it ended' : 'it did not'}`,
    { lines: lines.slice(-12), hint: taken ? 'choose other ports with --port-base' : 'its last log lines are above' },
  )
}
