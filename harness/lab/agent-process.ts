/** One agent as the lab sees it: a child that speaks frames on stdout and hears commands on stdin. */
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { Assignment, Phases } from '../model/plan.ts'
import { jsonOf } from '../model/json.ts'
import { readFrame } from '../model/read-frame.ts'
import { protocolVersion, type Command, type Frame } from '../model/recording.ts'
import { agentFolder } from '../model/node-names.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { apart } from './apart.ts'
import { within } from './wait.ts'

type Hello = Extract<Frame, { t: 'hello' }>
type Ready = Extract<Frame, { t: 'ready' }>
type Done = Extract<Frame, { t: 'done' }>

export interface AgentProcess {
  readonly assignment: Assignment
  /** Resolve with the frame of that name; reject with what went wrong instead. */
  readonly hello: Promise<Hello>
  readonly ready: Promise<Ready & { readonly receivedAt: bigint }>
  readonly done: Promise<Done>
  send(command: Command): void
  /** Another assignment for the same process, once it has done this one, which must be one that `stays`. */
  next(request: AgentRequest): AgentProcess
  stop(): Promise<void>
}

export interface AgentRequest {
  readonly assignment: Assignment
  readonly phases: Phases
  readonly pacedSenders: number
  readonly token: string
  /** Another assignment follows in the same process. */
  readonly stays: boolean
  readonly onFrame: (frame: Frame) => void
}

/**
 * Of Node.js, for boards with little memory: young objects get 1 MiB before they are looked through, and V8 has one thread beside
 * the main one. Measured (amd64, core NATS at a flood, JetStream): 2 to 3 MiB less of 62, with engine nats.js 8 of 80, at the same CPU
 * a message.
 */
const memoryFlags = ['--max-semi-space-size=1', '--v8-pool-size=1']

/**
 * Starts one process for all of them, hands each its work, and reads its frames until it ends or is done with what it stays after.
 * Several are conversations of their own on the same pipes, see agent/main.ts.
 */
export async function startAgents(
  node: Pick<LiveNode, 'name' | 'node' | 'directory' | 'spawn'>,
  requests: readonly AgentRequest[],
): Promise<readonly AgentProcess[]> {
  const several = requests.length > 1 ? [String(requests.length)] : []
  const program = [node.node, ...memoryFlags, `${node.directory}/${agentFolder}/main.cjs`, ...several]
  const child = await node.spawn(program, { env: { BENCH_NODE: node.name } })
  const lines = several.length === 0 ? [child.lines[Symbol.asyncIterator]()] : apart(child.lines, requests.length)
  return requests.map((request, i) => {
    const prefix = several.length === 0 ? '' : `${i} `
    const write = (line: string) => child.write(`${prefix}${line}\n`)
    return converse({ child, write, lines: lines[i]! }, request)
  })
}

interface Pipes {
  readonly child: Child
  readonly write: (line: string) => void
  readonly lines: AsyncIterator<string>
}

function converse(pipes: Pipes, request: AgentRequest): AgentProcess {
  const { child, lines } = pipes
  const { assignment, token, phases, pacedSenders, stays } = request
  const hello = waiting<Hello>()
  const ready = waiting<Ready & { receivedAt: bigint }>()
  const done = waiting<Done>()
  const send = (command: Command) => pipes.write(JSON.stringify(command))
  const fail = (error: BenchError) => [hello, ready, done].forEach((waiter) => waiter.reject(error))

  const react: { [T in Frame['t']]?: (frame: Extract<Frame, { t: T }>) => void } = {
    hello: (frame) => {
      if (frame.protocol !== protocolVersion) {
        fail(agentError(assignment, `must speak protocol ${protocolVersion}, got ${String(frame.protocol)}`))
        return
      }
      hello.resolve(frame)
    },
    ready: (frame) => ready.resolve({ ...frame, receivedAt: process.hrtime.bigint() }),
    done: (frame) => done.resolve(frame),
    failed: (frame) => fail(agentError(assignment, `failed: ${frame.message}`, [`code ${frame.code}`])),
  }
  const read = async (): Promise<void> => {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const frame = readFrame(jsonOf(line.value)?.value)
      if (frame === undefined) {
        fail(agentError(assignment, `must write frames, got ${JSON.stringify(line.value.slice(0, 80))}`, child.tail()))
        await lines.return?.()
        return
      }
      request.onFrame(frame)
      ;(react[frame.t] as ((frame: Frame) => void) | undefined)?.(frame)
      // What comes then belongs to the next conversation.
      if (frame.t === 'done' && stays) return
    }
    const exit = await child.exit
    fail(exit.lost ?? agentError(assignment, `ended before it was done (${describeExit(exit)})`, child.tail()))
  }
  read().catch((error: unknown) => fail(agentError(assignment, `could not be read: ${String(error)}`, child.tail())))
  send({ t: 'assign', protocol: protocolVersion, token, phases, assignment, pacedSenders, ...(stays ? { stays } : {}) })
  return {
    assignment,
    hello: hello.promise,
    ready: ready.promise,
    done: done.promise,
    send,
    next: (following) => converse(pipes, following),
    stop: () => stop(child),
  }
}

async function stop(child: Child): Promise<void> {
  child.closeInput()
  await child.stop(500)
}

function describeExit(exit: { readonly status?: number; readonly signal?: string }): string {
  return exit.signal === undefined ? `status ${exit.status ?? 'unknown'}` : `signal ${exit.signal}`
}

function agentError(assignment: Assignment, what: string, lines: readonly string[] = []): BenchError {
  return new BenchError('agent', `agent ${assignment.id} ${what}`, { lines })
}

interface Waiter<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

/** A promise settled from outside; a rejection nobody waits for yet is no crash. */
function waiting<T>(): Waiter<T> {
  const waiter = Promise.withResolvers<T>()
  waiter.promise.catch(() => undefined)
  return waiter
}

/** All of them, or the first failure, or the deadline (`ms` and `moreMs` together) that names who is missing. */
export async function everyAgent<T>(
  agents: readonly AgentProcess[],
  what: 'hello' | 'ready' | 'done',
  get: (agent: AgentProcess) => Promise<T>,
  ms: number,
  signal: AbortSignal,
  moreMs: () => number = () => 0,
): Promise<T[]> {
  const missing = new Set(agents.map((agent) => agent.assignment.id))
  const all = agents.map(async (agent) => {
    const frame = await get(agent)
    missing.delete(agent.assignment.id)
    return frame
  })
  return within(Promise.all(all), {
    ms,
    moreMs,
    signal,
    late: () =>
      new BenchError(
        'agent',
        `agents must say "${what}" within ${Math.round(ms + moreMs()) / 1000} s, still missing: ${[...missing].join(', ')}`,
        { hint: 'the machine may be overloaded, or the agent hangs; see log.ndjson of the run' },
      ),
  })
}
