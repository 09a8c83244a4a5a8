/** The tool we measure ourselves against: `nats bench` of natscli. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child, Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import { endedChildrenMicros, programMicros } from './child-cpu.ts'

export const natscliVersion = 'v0.5.1'

export interface Server {
  readonly host: string
  readonly port: number
  readonly token: string
}

/** NATS_CLI → `nats` on PATH → our cache → `go install` into the cache. */
export async function findNatsCli(host: Host, say: (line: string) => void): Promise<string> {
  const named = process.env['NATS_CLI']
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'nats-jail-harness',
    'natscli',
    natscliVersion,
  )
  const candidates = [...(named === undefined ? ['nats'] : [named]), join(cache, 'nats')]
  for (const candidate of candidates) if (await answers(host, candidate)) return candidate
  if (named !== undefined) throw new BenchError('not-found', `NATS_CLI must be the program nats, got ${named}`)
  say(`go install github.com/nats-io/natscli/nats@${natscliVersion} (once) ...`)
  const env = { GOBIN: cache, GOFLAGS: '-trimpath' }
  await host.run(['go', 'install', `github.com/nats-io/natscli/nats@${natscliVersion}`], { env, timeoutMs: 600_000 })
  return join(cache, 'nats')
}

async function answers(host: Host, program: string): Promise<boolean> {
  try {
    await host.run([program, '--version'])
    return true
  } catch (error) {
    if (error instanceof BenchError) return false
    throw error
  }
}

export class NatsBench {
  readonly #host: Host
  readonly #program: string
  readonly #server: Server

  constructor(host: Host, program: string, server: Server) {
    this.#host = host
    this.#program = program
    this.#server = server
  }

  /** Messages a second of one publisher, its flush included. */
  async publish(subject: string, bytes: number, messages: number): Promise<Told> {
    const { out, micros } = await this.#cost(() => this.#run(['pub', subject, ...sizes(bytes, messages)]))
    return { 'msg/s': rate(out, 'publisher'), ...cpu(micros, messages) }
  }

  /** `nats bench js` ...: messages a second, and its median latency where it has one. */
  async jetStream(words: readonly string[], bytes: number, messages: number): Promise<Told> {
    const { out, micros } = await this.#cost(() => this.#run(['js', ...words, ...sizes(bytes, messages)]))
    const median = medianOf(out)
    return { 'msg/s': rate(out), ...cpu(micros, messages), ...(median === undefined ? {} : { p50: median }) }
  }

  /** One publisher, one subscriber: the subscriber's messages a second. */
  async oneToOne(subject: string, bytes: number, messages: number): Promise<Told> {
    const subscriber = await this.#host.spawn(this.#command(['sub', subject, ...sizes(bytes, messages)]))
    try {
      const lines = collect(subscriber.lines)
      // It ends with its last message, which may be before the publisher's end.
      const spent = lastMicros(subscriber)
      await sleep(500)
      await this.#run(['pub', subject, ...sizes(bytes, messages)])
      await Promise.race([subscriber.exit, sleep(30_000)])
      const out = (await lines).join('\n')
      return { 'msg/s': rate(out, 'subscriber'), ...cpu(less(await spent, await this.#startCost()), messages) }
    } finally {
      await subscriber.stop(500)
    }
  }

  /** One requester with one request in flight, one responder: median round trip in microseconds. */
  async request(subject: string, bytes: number, messages: number): Promise<Told> {
    const responder = await this.#host.spawn(this.#command(['service', 'serve', subject, '--size', String(bytes)]))
    try {
      await sleep(500)
      const { out, micros } = await this.#cost(() =>
        this.#run(['service', 'request', subject, ...sizes(bytes, messages)]),
      )
      const median = medianOf(out)
      if (median === undefined) throw strange(out)
      return { p50: median, ...cpu(micros, messages) }
    } finally {
      await responder.stop(500)
    }
  }

  /** What it costs besides its messages, start and end: that of one message. Told once. */
  #start: Promise<number | undefined> | undefined

  /** CPU time of what ends meanwhile, less that of a run of one message; undefined where it cannot be told. */
  async #cost(run: () => Promise<string>): Promise<{ readonly out: string; readonly micros: number | undefined }> {
    const start = await this.#startCost()
    const { out, micros } = await this.#spent(run)
    return { out, micros: less(micros, start) }
  }

  #startCost(): Promise<number | undefined> {
    this.#start ??= this.#spent(() => this.#run(['pub', 'versus.start', ...sizes(16, 1)])).then(({ micros }) => micros)
    return this.#start
  }

  async #spent(run: () => Promise<string>): Promise<{ readonly out: string; readonly micros: number | undefined }> {
    const before = await endedChildrenMicros()
    const out = await run()
    const after = await endedChildrenMicros()
    return { out, micros: before === undefined || after === undefined ? undefined : after - before }
  }

  async #run(words: readonly string[]): Promise<string> {
    return (await this.#host.run(this.#command(words), { timeoutMs: 120_000 })).stdout
  }

  #command(words: readonly string[]): readonly string[] {
    const { host, port, token } = this.#server
    const at = `nats://${token === '' ? '' : `${token}@`}${host}:${port}`
    return [this.#program, '--no-context', '-s', at, 'bench', ...words, '--no-progress']
  }
}

function sizes(bytes: number, messages: number): readonly string[] {
  return ['--size', String(bytes), '--msgs', String(messages)]
}

/** By figure, as the duels name them. */
type Told = Readonly<Record<string, number>>

function cpu(micros: number | undefined, messages: number): Told {
  return micros === undefined ? {} : { 'CPU a message': micros / messages }
}

function less(micros: number | undefined, start: number | undefined): number | undefined {
  return micros === undefined || start === undefined ? undefined : Math.max(0, micros - start)
}

/** CPU time of a program as it was last seen before its end, some 20 ms at most before it. */
async function lastMicros(child: Child): Promise<number | undefined> {
  let last: number | undefined
  for (let ended = false; !ended;) {
    last = (child.pid === undefined ? undefined : await programMicros(child.pid)) ?? last
    ended = await Promise.race([child.exit.then(() => true), sleep(20, false)])
  }
  return last
}

/** `P50: 70.72us`, in µs; milliseconds where it says so. */
function medianOf(out: string): number | undefined {
  const [, number, unit] = /P50: ([\d.,]+)(us|ms)/.exec(out) ?? []
  return number === undefined ? undefined : Number(number.replaceAll(',', '')) * (unit === 'ms' ? 1000 : 1)
}

/** `NATS Core NATS publisher stats: 2,441,636 msgs/sec ~ 37 MiB/sec ~ ...`; the last such line of any role where none is asked for. */
function rate(out: string, role = ''): number {
  const found = [...out.matchAll(new RegExp(`${role} stats: ([\\d,]+) msgs/sec`, 'g'))].at(role === '' ? -1 : 0)?.[1]
  if (found === undefined) throw strange(out)
  return Number(found.replaceAll(',', ''))
}

function strange(out: string): BenchError {
  return new BenchError(
    'os',
    `nats bench must print its statistics as natscli ${natscliVersion} does, got other words`,
    {
      lines: out.trim().split('\n').slice(-5),
    },
  )
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
