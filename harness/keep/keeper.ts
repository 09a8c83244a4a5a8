/** Keeps a topology up and answers on a socket until it is told to take it down. */
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { within } from '../host/child.ts'
import type { Child, Exit } from '../host/host.ts'
import type { Lab } from '../lab/lab.ts'
import { asBenchError, BenchError, unknownNode } from '../model/error.ts'
import { parseAs } from '../model/json.ts'
import { withLab, type Prepared } from '../run.ts'
import { requestSchema, type Answer, type Kept, type Request } from './protocol.ts'

/** Resolves when the topology is down again. `ready` is called once it is up and answers. */
export async function keep(prepared: Prepared, socket: string, ready: (kept: Kept) => void): Promise<void> {
  await withLab(
    prepared,
    () => undefined,
    (lab) => {
      const kept = describe(lab, prepared)
      return serve({ ...lab, signal: lab.site.signal, kept, pid: prepared.session.world.pid }, socket, () =>
        ready(kept),
      )
    },
  )
}

function describe(lab: Lab, { plan, context }: Prepared): Kept {
  return {
    run: context.run,
    scenario: plan.scenario.name,
    substrate: plan.substrate,
    nodes: plan.nodes.map((node) => ({ name: node.name, role: node.role, address: node.endpoint.address })),
    servers: [...lab.servers].map(([node, { url, token, version }]) => ({ node, url, token, version })),
  }
}

/** What conversations are about: a lab that is up. */
export interface Held extends Pick<Lab, 'impair' | 'cut' | 'heal' | 'close'> {
  readonly nodes: ReadonlyMap<string, { spawn(command: readonly string[]): Promise<Child> }>
  readonly signal: AbortSignal
  readonly kept: Kept
  /** Of the keeper. */
  readonly pid: number
}

/** How long a client may take to hear the last word. One that was stopped (Ctrl-Z) never does, and must not hold the host. */
const lastWordMs = 2000

/**
 * Until `down` or the signal; then the lab is closed, and everybody is told how that went. A socket file that a dead keeper left is
 * replaced: the host's lock says that it is dead.
 */
export async function serve(held: Held, path: string, ready: () => void): Promise<void> {
  const { signal } = held
  const down = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    converse(held, socket, () => down.resolve())
  })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  signal.addEventListener('abort', () => down.resolve(), { once: true })
  if (signal.aborted) down.resolve()
  const endWith = async (last: Answer) => {
    const closed = new Promise((resolve) => server.close(resolve))
    sockets.forEach((socket) => socket.end(`${JSON.stringify(last)}\n`))
    await within(closed, lastWordMs)
    sockets.forEach((socket) => socket.destroy())
    await closed
  }
  ready()
  await down.promise
  try {
    await held.close()
  } catch (error) {
    await endWith(failed(error))
    throw error
  }
  await endWith({ t: 'down' })
}

function failed(error: unknown): Answer {
  const { code, message, lines, hint } = asBenchError(error)
  return { t: 'failed', code, message, lines: [...lines], ...(hint === undefined ? {} : { hint }) }
}

/** As a shell says it: 127 for a program that is not there, 126 for one that may not be run. */
function shellStatus(error: unknown): number | undefined {
  const because = /must start, got .*\b(ENOENT|EACCES)\b/.exec(asBenchError(error).message)?.[1]
  return because === undefined ? undefined : because === 'ENOENT' ? 127 : 126
}

/** As shells tell it: of a program that a signal ended, 128 and the signal's number. */
export function statusOf({ status, signal }: Exit): number {
  const [, number = 0] = Object.entries(constants.signals).find(([name]) => name === signal) ?? []
  return status ?? 128 + number
}

function converse({ nodes, kept, pid, ...held }: Held, socket: Socket, down: () => void): void {
  let child: Child | undefined
  /** What comes in before the program has been started waits for it, in order. */
  const started = Promise.withResolvers<Child>()
  /** False where the client is behind. */
  const say = (reply: Answer): boolean => socket.write(`${JSON.stringify(reply)}\n`)
  const react: { readonly [T in Request['t']]: (request: Extract<Request, { t: T }>) => Promise<void> | void } = {
    info: () => void say({ t: 'info', kept, pid }),
    exec: async ({ node: name, command }) => {
      const node = nodes.get(name)
      if (node === undefined) throw unknownNode(name, nodes.keys())
      try {
        child = await node.spawn(command)
      } catch (error) {
        const status = shellStatus(error)
        if (status === undefined) throw error
        say({ t: 'exit', status, stderr: [asBenchError(error).message] })
        return
      }
      // Who asked for it may have gone meanwhile.
      if (socket.destroyed) return stop(child)
      started.resolve(child)
      for await (const line of child.lines) {
        // While the client is behind, the program is held back.
        if (!say({ t: 'out', line })) await drained(socket)
        if (socket.destroyed) return
      }
      const exit = await child.exit
      say({ t: 'exit', status: statusOf(exit), stderr: child.tail() })
    },
    input: async ({ text }) => {
      const program = await started.promise
      if (text === undefined) program.closeInput()
      else program.write(`${text}\n`)
    },
    impair: async ({ node, how }) => {
      const [before, now] = await held.impair(node, how)
      say({ t: 'impaired', before, now })
    },
    cut: async ({ node, from }) => {
      await held.cut(node, from)
      say({ t: 'done' })
    },
    heal: async () => {
      await held.heal()
      say({ t: 'done' })
    },
    down,
  }
  socket.on('close', () => child !== undefined && void stop(child))
  // The lines tell the socket's errors again, which end the conversation and nothing else.
  const lines = createInterface({ input: socket }).on('error', () => undefined)
  lines.on('line', (line) => {
    const act = async () => {
      const request = parseAs(requestSchema, line)
      if (request === undefined)
        throw new BenchError('usage', "request must be one of the keeper's, got something else")
      await (react[request.t] as (request: Request) => Promise<void> | void)(request)
    }
    act().catch((error: unknown) => void say(failed(error)))
  })
}

/** One that cannot be ended goes with its node. */
async function stop(child: Child): Promise<void> {
  await child.stop(500).catch(() => undefined)
}

/** Resolves when the socket takes more, and when it is gone. */
function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const go = () => {
      socket.off('drain', go).off('close', go)
      resolve()
    }
    socket.on('drain', go).on('close', go)
  })
}
