/**
 * `pnpm versus`: our load agent and `nats bench` alternately on the same running server, and the ratios of the medians.
 * A generator that costs more than the server measures itself; this is the check that ours does not.
 */
import { createServer } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Child, Host } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { asBenchError, BenchError } from '../model/error.ts'
import { obtainServer } from '../server/obtain.ts'
import { duels, type Arena, type Duel, type Round } from './duels.ts'
import { jsDuels } from './js-duels.ts'
import { natscliIn } from '../lab/nats-bench.ts'
import { obtainNatscli } from '../server/natscli.ts'
import { NatsBench, type Server } from './nats-bench.ts'
import { wordsOf } from './words.ts'
import { judgeDuel, printTable, type Figure } from './figures.ts'

const names = (list: readonly Duel[]) => list.map((duel) => duel.name).join(', ')
const help = `usage: pnpm versus [options]

Runs our load agent and \`nats bench\` alternately on one server and prints the ratios of the medians.

  --rounds N        alternations, 5
  --measure MS      length of one of our runs, 3000
  --only NAME       one of: ${names(duels)};
                    with --js: ${names(jsDuels)}; may be given several times
  --server PATH     nats-server to start; else NATS_SERVER, PATH, the cache, a download
  --connect H:P     use this running server instead; its token from NATS_TOKEN
  --js              JetStream: publish sync and async, read ordered, by consumer and by fetch
  --backlog N       messages in the stream that is read, 2000000
  --json            one JSON object on stdout

A rate goal that was missed while the server used a whole core counts as met: "server full".

example: pnpm versus --only publish --rounds 7`

const options = {
  rounds: { type: 'string', default: '5' },
  measure: { type: 'string', default: '3000' },
  only: { type: 'string', multiple: true },
  server: { type: 'string' },
  connect: { type: 'string' },
  js: { type: 'boolean', default: false },
  backlog: { type: 'string', default: '2000000' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Everything that was started, in reverse. */
const undo: (() => Promise<void>)[] = []

async function main(): Promise<void> {
  const { values } = wordsOf({ options })
  if (values.help) return void process.stdout.write(`${help}\n`)
  const rounds = whole('--rounds', values.rounds, 1, 1000)
  const measureMs = whole('--measure', values.measure, 100, 600_000)
  const chosen = choose(values.js ? jsDuels : duels, values.only)
  const host = localHost()
  const program = await obtainNatscli({ host, facts: await host.facts(), env: process.env, say })
  const natscli = await natscliIn(host, program)
  const { server, pid } =
    values.connect === undefined
      ? await startServer(host, values.server, values.js)
      : { server: connectTo(values.connect), pid: undefined }
  const arena: Arena = {
    host,
    server,
    natsBench: new NatsBench(host, program, server),
    measureMs,
    ...(pid === undefined ? {} : { serverPid: pid }),
    backlog: whole('--backlog', values.backlog, 1000, 100_000_000),
    atEnd: (step) => undo.push(step),
  }
  const figures: Figure[] = []
  for (const duel of chosen) figures.push(...judgeDuel(duel, await fight(duel, arena, rounds)))
  if (values.json) process.stdout.write(`${JSON.stringify({ natscli, rounds, figures }, null, 2)}\n`)
  else process.stdout.write(printTable(figures))
  process.exitCode = figures.every((figure) => figure.met !== false) ? 0 : 1
}

/** Ours and theirs take turns at going first, so that a machine that drifts favours neither. */
async function fight(duel: Duel, arena: Arena, rounds: number): Promise<Round[]> {
  const results: Round[] = []
  for (let round = 0; round < rounds; round++) {
    let theirs: Round['theirs']
    if (round % 2 === 1) theirs = await duel.theirs?.(arena)
    const ours = await duel.ours(arena)
    if (round % 2 === 0) theirs = await duel.theirs?.(arena)
    results.push({ ours, ...(theirs === undefined ? {} : { theirs }) })
    say(
      `${duel.name} ${round + 1}/${rounds}: ours ${JSON.stringify(ours)}${theirs === undefined ? '' : `, nats bench ${JSON.stringify(theirs)}`}`,
    )
  }
  return results
}

async function startServer(
  host: Host,
  path: string | undefined,
  jetStream: boolean,
): Promise<{ readonly server: Server; readonly pid: number | undefined }> {
  const facts = await host.facts()
  const obtained = await obtainServer(path === undefined ? {} : { path }, { host, facts, env: process.env, say })
  const folder = await mkdtemp(join(tmpdir(), 'versus-'))
  undo.push(() => rm(folder, { recursive: true, force: true }))
  const server = { host: '127.0.0.1', port: await freePort(), token: randomBytes(16).toString('hex') }
  const store = jetStream ? `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }\n` : ''
  const config = `${store}listen: "127.0.0.1:${server.port}"\nauthorization { token: "${server.token}" }\n`
  await host.put({ 'server.conf': config }, folder)
  const child = await host.spawn([obtained.path, '-c', join(folder, 'server.conf')])
  undo.push(async () => void (await child.stop()))
  await untilReady(child)
  say(`nats-server ${obtained.version} (${obtained.origin}) on port ${server.port}`)
  return { server, pid: child.pid }
}

/** nats-server says so in its log. */
async function untilReady(child: Child): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.tail().some((line) => line.includes('Server is ready'))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new BenchError('agent', 'nats-server must be ready within 5 s', { lines: child.tail() })
}

function connectTo(text: string): Server {
  const [, host, port] = /^([^:/\s]+):(\d{1,5})$/.exec(text) ?? []
  if (host === undefined || port === undefined)
    throw new BenchError('usage', `--connect must be host:port, got ${text}`)
  return { host, port: Number(port), token: process.env['NATS_TOKEN'] ?? '' }
}

function choose(all: readonly Duel[], only: readonly string[] | undefined): readonly Duel[] {
  const unknown = only?.find((name) => !all.some((duel) => duel.name === name))
  if (unknown !== undefined) {
    throw new BenchError('usage', `--only must be one of ${names(all)}, got ${unknown}`)
  }
  return all.filter((duel) => only === undefined || only.includes(duel.name))
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new BenchError('usage', `${name} must be a whole number from ${least} to ${most}, got ${text}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function cleanUp(): Promise<void> {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(status)))
}

try {
  await main()
} catch (thrown) {
  const error = asBenchError(thrown)
  say(['versus: ' + error.message, ...error.lines, ...(error.hint === undefined ? [] : [error.hint])].join('\n  '))
  process.exitCode = error.exitStatus
} finally {
  await cleanUp()
}
