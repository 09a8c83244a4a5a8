/** Network namespaces as nodes: the contract, addresses, and what a sweep leaves after the runner was killed at any step. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../host/local.ts'
import { processTable } from '../host/processes.ts'
import type { NodePlan } from '../model/plan.ts'
import { openJournal, readJournal } from '../store/journal.ts'
import { substrateContract } from './contract.ts'
import type { ContractCommands, Subject } from './contract.ts'
import { netnsSubstrate } from './netns.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

const host = localHost()
const facts = await host.facts()
const never = new AbortController().signal
const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
const commands: ContractCommands = {
  echo: ['cat'],
  fail: ['sh', '-c', 'echo sorry >&2; exit 3'],
  deaf: ['sh', '-c', 'trap "" TERM; echo deaf; sleep 60 & wait; sleep 60'],
  show: (path) => ['cat', path],
  variable: (name) => ['printenv', name],
}

const contextOf = (folder: string, tag: string): SubstrateContext => ({
  host,
  facts,
  run: `20261127-061500-netns${process.pid}-${tag}`,
  tag,
  directory: join(folder, 'work'),
  settings: {},
  env: process.env,
  say: () => undefined,
})

const why = await (await netnsSubstrate(contextOf('/tmp', 'nsqq'))).unsupported()
let count = 0
const tagOf = (): string => `n${process.pid.toString(36).slice(-1)}${(count++).toString(36).padStart(2, '0')}`

async function setting(): Promise<Subject & SubstrateContext> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-netns-'))
  const context = contextOf(folder, tagOf())
  const journal = await openJournal(join(folder, 'journal.ndjson'), context.run)
  const substrate = await netnsSubstrate(context)
  onTestFinished(async () => {
    await substrate.sweep(journal.open())
    await journal.close()
    await rm(folder, { recursive: true })
    expect(await left(context.tag)).toEqual([])
  })
  return { ...context, substrate, journal, commands }
}

const planOf = (substrate: Substrate, index: number): NodePlan => ({
  name: `load-${index}`,
  group: 'load',
  role: 'load',
  index,
  endpoint: substrate.endpoint(index),
})

/** Namespaces and interfaces with a tag in their name. */
async function left(tag: string): Promise<readonly string[]> {
  const [spaces, links] = await Promise.all([host.run(['ip', 'netns', 'list']), host.run(['ip', '-o', 'link', 'show'])])
  return `${spaces.stdout}${links.stdout}`
    .split('\n')
    .filter((line) => new RegExp(`natsbench-${tag}-|n[bv]${tag}`).test(line))
}

async function text(lines: AsyncIterable<string>): Promise<string> {
  let all = ''
  for await (const line of lines) all += line
  return all
}

describe.runIf(why !== undefined)('network namespaces', () => {
  it('need more than there is here', (test) => test.skip(why ?? ''))
})

describe.skipIf(why !== undefined)('the substrate of network namespaces', () => {
  for (const { title, run } of substrateContract) it(title, async () => run(await setting()))

  it('gives each node its own address, at which its neighbours and the host reach it', async () => {
    const { substrate, journal } = await setting()
    const hub = await substrate.create(planOf(substrate, 0), journal, never)
    const load = await substrate.create(planOf(substrate, 1), journal, never)
    const [at, from] = [substrate.endpoint(0).address, substrate.endpoint(1).address]
    const server = await hub.spawn([
      hub.node,
      '-e',
      `require('net').createServer((s) => s.end(s.remoteAddress)).listen(4222, '${at}', () => console.log('up'))`,
    ])
    expect((await server.lines[Symbol.asyncIterator]().next()).value).toBe('up')
    const ask = `require('net').connect(4222, '${at}').on('data', (d) => console.log(String(d)))`
    expect(await text((await load.spawn([load.node, '-e', ask])).lines)).toBe(from)
    const own = await text((await host.spawn([process.execPath, '-e', ask])).lines)
    expect(own).toMatch(/^10\./)
    expect(own).not.toBe(from)
    await hub.destroy()
    await load.destroy()
    expect(journal.open()).toEqual([])
  })

  it('leaves alone a namespace of another, and does not make one of its name', async () => {
    const { substrate, journal, tag } = await setting()
    const name = `natsbench-${tag}-00`
    await host.run(['ip', 'netns', 'add', name])
    try {
      await expect(substrate.create(planOf(substrate, 0), journal, never)).rejects.toMatchObject({
        code: 'cannot-create',
      })
      expect(journal.open()).toEqual([])
      expect((await left(tag)).map((line) => line.split(' ')[0])).toEqual([name])
    } finally {
      await host.run(['ip', 'netns', 'delete', name])
    }
  })

  it('leaves nothing after a sweep, whichever step of its journal a killed runner came to', async () => {
    const { said, remains } = await crash(0)
    expect(remains).toEqual([])
    const steps = Number(/^steps (\d+)$/.exec(said)?.[1])
    expect(steps).toBeGreaterThan(8)
    for (let step = 1; step <= steps; step += 1) {
      expect({ step, ...(await crash(step)) }).toEqual({ step, said: '', remains: [] })
    }
  }, 300_000)
})

/** Makes a node with a program, destroys it, and kills itself after a step of its journal or at the end. */
const victim = `
import { localHost } from ${url('../host/local.ts')}
import { netnsSubstrate } from ${url('./netns.ts')}
import { openJournal } from ${url('../store/journal.ts')}
const [folder, run, tag, last] = process.argv.slice(1)
const host = localHost()
const inner = await openJournal(folder + '/journal.ndjson', run)
let step = 0
const counted = (act) => async (...args) => {
  const result = await act(...args)
  if (++step === Number(last)) process.kill(process.pid, 'SIGKILL')
  return result
}
const journal = { ...inner, will: counted(inner.will), did: counted(inner.did), gone: counted(inner.gone) }
const context = { host, facts: await host.facts(), run, tag, directory: folder + '/work', settings: {}, env: {}, say() {} }
const substrate = await netnsSubstrate(context)
const plan = { name: 'hub', group: 'hub', role: 'load', index: 0, endpoint: substrate.endpoint(0) }
const node = await substrate.create(plan, journal, new AbortController().signal)
await node.spawn(['sleep', '300'])
await node.destroy()
process.stdout.write('steps ' + step)
process.kill(process.pid, 'SIGKILL')
`

async function crash(step: number): Promise<{ said: string; remains: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-netns-crash-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const context = contextOf(folder, tagOf())
  const args = ['--input-type=module', '-e', victim, folder, context.run, context.tag, String(step)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const signal = await new Promise((resolve) => child.once('close', (_, name) => resolve(name)))
  expect(signal).toBe('SIGKILL')
  const { open } = await readJournal(join(folder, 'journal.ndjson'))
  const substrate = await netnsSubstrate(context)
  await substrate.sweep(open)
  await substrate.sweep(open) // safe to repeat
  const living = [...(await processTable(host, facts.os).carrying(`BENCH_RUN=${context.run}`)).keys()]
  const remains = [...living.map((pid) => `process ${pid}`), ...(await left(context.tag))]
  return { said, remains: existsSync(join(folder, 'work')) ? [...remains, 'work folder'] : remains }
}
