/** `nats bench` of natscli as a program of a node: how it is started, and what its statistics say. */
import type { Child } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { pause, within } from './wait.ts'

/** How clients reach the server. */
export interface Reached {
  readonly url: string
  /** Given by the first line of input: the arguments of a program can be read by everyone, those of `ssh` and `env` among them. */
  readonly token: string
}

export interface NatsBench {
  readonly child: Child
  /** Its first client has begun, or it has ended. */
  readonly begun: Promise<void>
  /** All that it printed, once it has ended. Throws `os` with its last lines when it ended badly. */
  readonly said: Promise<string>
}

/** Takes the credential from its input into its environment, and becomes the program. */
const withToken = 'IFS= read -r NATS_TOKEN && export NATS_TOKEN && exec "$@"'

/** `words`: `pub`, `sub`, `service request` ... with their options. */
export async function startNatsBench(
  node: Pick<LiveNode, 'spawn'>,
  program: string,
  { url, token }: Reached,
  words: readonly string[],
): Promise<NatsBench> {
  const command = [program, '--no-context', 'bench', ...words, '--no-progress']
  const child = await node.spawn(['/bin/sh', '-c', withToken, 'sh', ...command], { env: { NATS_URL: url } })
  child.write(`${token}\n`)
  child.closeInput()
  const ended = new AbortController()
  const said = allOf(child, `nats bench ${words[0] ?? ''}`).finally(() => ended.abort())
  said.catch(() => undefined)
  return { child, begun: begun(child, ended.signal), said }
}

async function allOf(child: Child, what: string): Promise<string> {
  const all: string[] = []
  for await (const line of child.lines) all.push(line)
  const { status, signal, lost } = await child.exit
  if (lost !== undefined) throw lost
  if (status === 0) return all.join('\n')
  const lines = [...all, ...child.tail()].slice(-5)
  throw new BenchError('os', `${what} must end well, got ${signal ?? `status ${status}`}`, { lines })
}

/** `0.5.1`, as the program says in the node: one of PATH may be any. */
export async function natscliIn(node: Pick<LiveNode, 'spawn'>, program: string): Promise<string> {
  const said = await allOf(await node.spawn([program, '--version']), 'nats --version')
  return said.trim().replace(/^v/, '')
}

/** A listener of natscli says when it begins, and not when it listens. */
const listensMs = 500
const beginsMs = 60_000

/** All of them have begun and surely listen. */
export async function listening(listeners: readonly NatsBench[], signal?: AbortSignal): Promise<void> {
  if (listeners.length === 0) return
  const late = () =>
    new BenchError('os', `nats bench must begin within ${beginsMs / 1000} s, it did not`, {
      lines: listeners.flatMap(({ child }) => child.tail().slice(-2)),
    })
  const begun = Promise.all(listeners.map((listener) => listener.begun))
  await within(begun, { ms: beginsMs, late, ...(signal === undefined ? {} : { signal }) })
  await pause(listensMs, signal)
}

/** `22:17:23 [1] Starting Core NATS subscriber, expecting 100,000 messages` */
async function begun(child: Child, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && !child.tail().some((line) => /\[1\] Starting /.test(line))) await pause(10)
}

/** `P50: 70.72us`, in µs; milliseconds where it says so. Throws `os` where it says none. */
export function medianMicros(out: string): number {
  const [, number, unit] = /P50: ([\d.,]+)(us|ms|s)\b/.exec(out) ?? []
  if (number === undefined) throw strange(out)
  return Number(number.replaceAll(',', '')) * (unit === 's' ? 1e6 : unit === 'ms' ? 1000 : 1)
}

/** `NATS Core NATS publisher stats: 2,441,636 msgs/sec ~ 37 MiB/sec ~ ...`; the last such line, which is of all clients. */
export function messagesPerSecond(out: string): number {
  const found = [...out.matchAll(/ stats: ([\d,]+) msgs\/sec/g)].at(-1)?.[1]
  if (found === undefined) throw strange(out)
  return Number(found.replaceAll(',', ''))
}

function strange(out: string): BenchError {
  return new BenchError('os', 'nats bench must print its statistics as natscli 0.5 does, got other words', {
    lines: out.trim().split('\n').slice(-5),
    hint: 'NATS_CLI names another nats',
  })
}
