/** The tool we measure ourselves against: `nats bench` of natscli. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'

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
  async publish(subject: string, bytes: number, messages: number): Promise<number> {
    return rate(await this.#run(['pub', subject, ...sizes(bytes, messages)]), 'publisher')
  }

  /** One publisher, one subscriber: the subscriber's messages a second. */
  async oneToOne(subject: string, bytes: number, messages: number): Promise<number> {
    const subscriber = await this.#host.spawn(this.#command(['sub', subject, ...sizes(bytes, messages)]))
    try {
      const lines = collect(subscriber.lines)
      await sleep(500)
      await this.#run(['pub', subject, ...sizes(bytes, messages)])
      await Promise.race([subscriber.exit, sleep(30_000)])
      return rate((await lines).join('\n'), 'subscriber')
    } finally {
      await subscriber.stop(500)
    }
  }

  /** One requester with one request in flight, one responder: median round trip in microseconds. */
  async request(subject: string, bytes: number, messages: number): Promise<number> {
    const responder = await this.#host.spawn(this.#command(['service', 'serve', subject, '--size', String(bytes)]))
    try {
      await sleep(500)
      const out = await this.#run(['service', 'request', subject, ...sizes(bytes, messages)])
      const median = /P50: ([\d.,]+)us/.exec(out)?.[1]
      if (median === undefined) throw strange(out)
      return Number(median.replaceAll(',', ''))
    } finally {
      await responder.stop(500)
    }
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

/** `NATS Core NATS publisher stats: 2,441,636 msgs/sec ~ 37 MiB/sec ~ ...` */
function rate(out: string, role: string): number {
  const found = new RegExp(`${role} stats: ([\\d,]+) msgs/sec`).exec(out)?.[1]
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
