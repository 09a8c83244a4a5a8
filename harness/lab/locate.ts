/** Which nodes a fault means: those of a name, or those that a stream or a workload is found at when its time has come. */
import { z } from 'zod'
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import { targetWords } from '../model/faults.ts'
import { parseAs } from '../model/json.ts'
import type { ServicePlan } from '../model/plan.ts'
import type { Fault } from '../model/scenario.ts'
import { agentFolder } from '../model/node-names.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { within } from './wait.ts'

export interface Locating {
  /** Nodes of a group, or the one node of that name. */
  readonly nodes: (name: string) => readonly LiveNode[]
  readonly services: readonly ServicePlan[]
  /** A load node, for it has Node.js and reaches the servers. */
  readonly asker: LiveNode | undefined
  readonly signal: AbortSignal
}

const startMs = 60_000

/** What to ask of a monitoring port (docs.nats.io, "Monitoring"). */
const paths = { stream: '/jsz?streams=1', workload: '/connz?limit=2048', meta: '/jsz' } as const

/** Asks, at once. Throws BenchError `agent` where nothing is found, with what was asked. */
export type Locate = () => Promise<readonly LiveNode[]>

/** Starts what will be needed to ask; resolves when that can be asked. */
export async function locator(fault: Fault, request: Locating): Promise<Locate> {
  const { node } = fault
  if (node !== undefined) return () => Promise.resolve(request.nodes(node))
  const { asker } = request
  if (asker === undefined) throw new BenchError('bug', 'a fault must have a load node to ask from')
  const path =
    fault.serverOf !== undefined ? paths.workload : fault.metaLeaderOf !== undefined ? paths.meta : paths.stream
  const words = request.services.flatMap(({ endpoint }) => [endpoint.address, String(endpoint.ports.monitor), path])
  // Started now, for a program takes its time to start on a busy machine.
  const child = await asker.spawn([asker.node, `${asker.directory}/${agentFolder}/ask-servers.cjs`, ...words])
  const lines = child.lines[Symbol.asyncIterator]()
  // Its first line says that it is there; one that ends without it answers nothing.
  await within(lines.next(), {
    ms: startMs,
    signal: request.signal,
    late: () =>
      new BenchError('agent', `program that looks for nodes must start within ${startMs / 1000} s, it did not`),
  })
  return async () => {
    child.closeInput()
    return found(fault, request, await answers(request, { [Symbol.asyncIterator]: () => lines }))
  }
}

function found(fault: Fault, request: Locating, all: Answers): readonly LiveNode[] {
  const { leaderOf, followerOf, serverOf, metaLeaderOf } = fault
  const stream = leaderOf ?? followerOf
  const names =
    metaLeaderOf !== undefined
      ? metaLeader(saidBy(all, request.nodes(metaLeaderOf)))
      : stream === undefined
        ? atMost(connectedTo(serverOf ?? '', all))
        : peersOf(stream, all, leaderOf !== undefined)
  const [first] = names
  if (first !== undefined) return request.nodes(first)
  throw new BenchError('agent', `fault ${fault.kind} must find the ${targetWords(fault)}, no server named one`, {
    hint: 'a stream, and a cluster, has a leader some seconds after it was made: raise phases.warmup',
  })
}

type Answers = ReadonlyMap<string, unknown>

/** Asks all servers at once; one that does not answer is left out. */
async function answers({ services }: Locating, lines: Child['lines']): Promise<Answers> {
  const all = new Map<string, unknown>()
  for await (const line of lines) {
    const answer = parseAs(lineSchema, line)
    const service = services[answer?.of ?? -1]
    if (answer !== undefined && service !== undefined) all.set(service.node, answer.body)
  }
  return all
}

const lineSchema = z.object({ of: z.int().min(0), body: z.unknown() })
const peer = z.object({ name: z.string(), current: z.boolean().optional() })
const jszSchema = z.object({
  account_details: z
    .array(
      z.object({
        stream_detail: z
          .array(
            z.object({
              name: z.string(),
              cluster: z.object({ leader: z.string().optional(), replicas: z.array(peer).nullish() }).optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
})
const connzSchema = z.object({ connections: z.array(z.object({ name: z.string().optional() })).nullish() })

/** The leader says of itself that it leads: followers may still name the last one. */
export function peersOf(stream: string, all: Answers, leads: boolean): readonly string[] {
  for (const [node, body] of all) {
    const details = jszSchema.safeParse(body).data?.account_details ?? []
    const found = details.flatMap((each) => each.stream_detail ?? []).find(({ name }) => name === stream)
    if (found === undefined || (found.cluster?.leader ?? node) !== node) continue
    if (leads) return [node]
    const replicas = found.cluster?.replicas ?? []
    return replicas.toSorted((a, b) => Number(b.current ?? false) - Number(a.current ?? false)).map(({ name }) => name)
  }
  return []
}

const metaSchema = z.object({ meta_cluster: z.object({ leader: z.string().optional() }).optional() })

/** The leader says of itself that it leads, as one of a stream does. */
export function metaLeader(all: Answers): readonly string[] {
  return [...all].flatMap(([node, body]) =>
    metaSchema.safeParse(body).data?.meta_cluster?.leader === node ? [node] : [],
  )
}

/** What these nodes said: two clusters have a leader each. */
function saidBy(all: Answers, nodes: readonly LiveNode[]): Answers {
  return new Map([...all].filter(([name]) => nodes.some((node) => node.name === name)))
}

/** How many connections of a workload each server has; agents name theirs `sub@recv`. */
export function connectedTo(workload: string, all: Answers): ReadonlyMap<string, number> {
  return new Map(
    [...all].map(([node, body]) => {
      const connections = connzSchema.safeParse(body).data?.connections ?? []
      return [node, connections.filter(({ name = '' }) => name.startsWith(`${workload}@`)).length]
    }),
  )
}

/** The server with the most of them. */
function atMost(counts: ReadonlyMap<string, number>): readonly string[] {
  const most = Math.max(0, ...counts.values())
  return most === 0 ? [] : [...counts].flatMap(([node, count]) => (count === most ? [node] : []))
}
