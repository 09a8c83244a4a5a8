/** Keeps a topology up and answers on a socket until it is told to take it down. */
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
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
      return answer(lab, kept, socket, () => ready(kept))
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

/** Until `down` or the signal. A socket file that a dead keeper left is replaced: the host's lock says that it is dead. */
async function answer(lab: Lab, kept: Kept, path: string, ready: () => void): Promise<void> {
  const { signal } = lab.site
  const down = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    converse(lab, kept, socket, () => down.resolve())
  })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  signal.addEventListener('abort', () => down.resolve(), { once: true })
  if (signal.aborted) down.resolve()
  ready()
  await down.promise
  await lab.close()
  sockets.forEach((socket) => socket.end(`${JSON.stringify({ t: 'down' } satisfies Answer)}\n`))
  await new Promise((resolve) => server.close(resolve))
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

function converse(lab: Lab, kept: Kept, socket: Socket, down: () => void): void {
  let child: Child | undefined
  /** What comes in before the program has been started waits for it, in order. */
  const started = Promise.withResolvers<Child>()
  const say = (reply: Answer) => socket.write(`${JSON.stringify(reply)}\n`)
  const react: { readonly [T in Request['t']]: (request: Extract<Request, { t: T }>) => Promise<void> | void } = {
    info: () => void say({ t: 'info', kept }),
    exec: async ({ node: name, command }) => {
      const node = lab.nodes.get(name)
      if (node === undefined) throw unknownNode(name, lab.nodes.keys())
      try {
        child = await node.spawn(command)
      } catch (error) {
        const status = shellStatus(error)
        if (status === undefined) throw error
        say({ t: 'exit', status, stderr: [asBenchError(error).message] })
        return
      }
      started.resolve(child)
      for await (const line of child.lines) say({ t: 'out', line })
      const exit = await child.exit
      say({ t: 'exit', status: statusOf(exit), stderr: child.tail() })
    },
    input: async ({ text }) => {
      const program = await started.promise
      if (text === undefined) program.closeInput()
      else program.write(`${text}\n`)
    },
    impair: async ({ node, how }) => {
      const [before, now] = await lab.impair(node, how)
      say({ t: 'impaired', before, now })
    },
    cut: async ({ node, from }) => {
      await lab.cut(node, from)
      say({ t: 'done' })
    },
    heal: async () => {
      await lab.heal()
      say({ t: 'done' })
    },
    down,
  }
  socket.on('close', () => void child?.stop(500))
  createInterface({ input: socket }).on('line', (line) => {
    const act = async () => {
      const request = parseAs(requestSchema, line)
      if (request === undefined)
        throw new BenchError('usage', "request must be one of the keeper's, got something else")
      await (react[request.t] as (request: Request) => Promise<void> | void)(request)
    }
    act().catch((error: unknown) => {
      const { code, message, lines, hint } = asBenchError(error)
      say({ t: 'failed', code, message, lines: [...lines], ...(hint === undefined ? {} : { hint }) })
    })
  })
}
