/** The connections of one job, spread over its servers in turn. */
import type { Target } from '../model/plan.ts'
import type { EngineName } from '../model/scenario.ts'
import { loadEngine, type Link } from './engine.ts'
import { Failure, type FailureCode } from './failure.ts'
import type { JobContext } from './job.ts'
import { openLasting } from './lasting-link.ts'

const connectMs = 10_000
const flushMs = 10_000

export interface LinksRequest {
  readonly engine: EngineName
  readonly servers: readonly Target[]
  readonly connections: number
  /** `first`: where the connections go, in turn, instead of to `servers`; see seat.ts. */
  readonly seat?: { readonly first?: readonly Target[] }
  /** Milliseconds between two tries to connect again; absent: a lost connection is not made again. */
  readonly reconnectMs?: number
  /** Beside the connections of the workload, for questions of ours: losses of these are not told, for they are none of its own. */
  readonly beside?: true
}

/** Losses of a connection that a job may survive; after any other (refused, malformed) its numbers would mean nothing. */
const bearable: readonly FailureCode[] = ['connection-lost', 'slow-consumer', 'lame-duck']

/**
 * `lossEnds`: does a lost connection that is not renewed end the agent? A sender without its connection has nothing to do; a
 * receiver that was cut off is a result, and the others go on.
 */
export async function openLinks(request: LinksRequest, context: JobContext, lossEnds = true): Promise<readonly Link[]> {
  if (request.servers.length === 0) throw new Failure('protocol', 'assignment must name a server, got none')
  const engine = await loadEngine(request.engine)
  const first = request.seat?.first ?? request.servers
  const links: Link[] = []
  for (let i = 0; i < request.connections; i++) {
    const target = first[i % first.length]!
    const options = { token: context.token, name: context.assignment.id, timeoutMs: connectMs }
    if (lossEnds && request.reconnectMs === undefined) {
      links.push(await engine.connect(target, options, context.fail))
      continue
    }
    const changed = (state: 'lost' | 'open', server: Target, failure: Failure | undefined): void => {
      const at = context.recorder.now()
      if (failure !== undefined && (at === undefined || !bearable.includes(failure.code))) return context.fail(failure)
      if (request.beside === true) return
      const because = failure === undefined ? {} : { because: failure.message }
      const place = `${server.host}:${server.port}`
      context.emit({ t: 'connection', at: at ?? 0, connection: i, state, server: place, ...because })
    }
    links.push(
      await openLasting({
        engine,
        servers: request.servers,
        first: request.servers.findIndex(({ host, port }) => host === target.host && port === target.port),
        options,
        everyMs: request.reconnectMs,
        changed,
      }),
    )
  }
  return links
}

/** Refuses what the server would cut the connection for. */
export function checkSize(messageBytes: number, links: readonly Link[]): void {
  const most = Math.min(...links.map((link) => link.maxPayload))
  if (messageBytes > most) {
    throw new Failure(
      'max-payload',
      `message must be at most ${most} bytes (the server's max_payload), got ${messageBytes}`,
    )
  }
}

export async function flushAll(links: readonly Link[]): Promise<void> {
  await Promise.all(links.map((link) => link.flush(flushMs)))
}

export function closeAll(links: readonly Link[]): void {
  for (const link of links) link.close()
}

const quietMs = 100
const quietDeadlineMs = 3000

/**
 * Takes what is still on its way: a server answers PING after all that it had queued for the client, and messages that come
 * over routes from other servers are given until nothing has arrived for 100 ms, 3 s at most.
 */
export async function drain(links: readonly Link[], received: () => number): Promise<void> {
  await flushAll(links)
  const deadline = performance.now() + quietDeadlineMs
  for (let before = -1; before !== received() && performance.now() < deadline;) {
    before = received()
    await new Promise((resolve) => setTimeout(resolve, quietMs))
  }
}
