/** Whole runs in containers through the command line, with a state folder of their own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localHost } from '../host/local.ts'
import type { Report } from '../model/report.ts'
import { makePlan } from '../plan/plan.ts'
import { catalogue } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { containerSubstrate } from './container.ts'
import { findEngine, type Engine } from './container/engine.ts'
import { labels } from './container/names.ts'
import { processSubstrate } from './process.ts'

const engine = await findEngine(process.env).catch((error: unknown) => String(error))
const main = fileURLToPath(new URL('../bench.js', import.meta.url))
const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url))
const short = ['--repeats', '1', '--warmup', '200ms', '--measure', '400ms', '--image', 'thin', '--on', 'container']

let folder: string

beforeEach(async (context) => {
  if (typeof engine === 'string') {
    // Where DOCKER_HOST names an engine, the test must not be skipped.
    if (process.env['DOCKER_HOST'] !== undefined) throw new Error(engine)
    context.skip(engine)
  }
  folder = await mkdtemp(join(tmpdir(), 'container-run-'))
})
afterEach(async () => {
  if (typeof engine === 'string') return
  await rm(folder, { recursive: true })
})

function start(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [main, ...words], {
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function finish(
  child: ChildProcess,
): Promise<{ readonly status: number | null; readonly out: string; readonly err: string }> {
  let [out, err] = ['', '']
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, out, err }
}

/** Names of containers, networks and images that have the label of any run. */
async function ours(): Promise<string[]> {
  const { docker } = engine as Engine
  const filters = { label: [labels.run] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  const images = await docker.listImages({ all: true, filters: { label: [labels.image] } })
  return [
    ...containers.map((one) => one.Names.join()),
    ...networks.map((one) => one.Name),
    ...images.flatMap((one) => one.RepoTags ?? []),
  ]
}

describe('the catalogue', () => {
  it('has the same plan in containers as in processes, but for names and addresses', async () => {
    const host = localHost()
    const facts = await host.facts()
    const context = { host, facts, run: 'run-plan', tag: 'plan', directory: folder, settings: {}, env: process.env }
    const places = [
      await containerSubstrate({ ...context, say: () => undefined }),
      await processSubstrate({ ...context, say: () => undefined }),
    ]
    const entries = await catalogue(scenarios)
    expect(entries.length).toBeGreaterThan(10)
    let planned = 0
    for (const { file } of entries) {
      const expanded = await loadScenario(file)
      const [inContainers, inProcesses] = places.map((substrate) => {
        try {
          return makePlan({ expanded, substrate, why: 'test', command: 'test', harness: 'test', host: 'local' })
        } catch (error) {
          // Not every substrate can compare two networks, break a network, or make a disk hang or crash.
          expect(String(error)).toMatch(/must be able to do (networks|partition|impair|disk|slow|hang|crash)/)
          return undefined
        }
      })
      if (inContainers === undefined || inProcesses === undefined) continue
      planned += 1
      expect(inContainers.digest).toBe(inProcesses.digest)
      expect(inContainers.nodes.map(({ name }) => name)).toEqual(inProcesses.nodes.map(({ name }) => name))
      expect(inContainers.blocks).toEqual(inProcesses.blocks)
    }
    expect(planned).toBeGreaterThan(10)
  })
})

describe('a run in containers', () => {
  it.each(['one-to-one', 'cluster'])('%s is measured, reported as such, and leaves nothing', async (name) => {
    const before = await ours()
    const { status, out, err } = await finish(start('run', name, ...short, '--json', '--out', join(folder, 'reports')))
    expect([0, 2], err).toContain(status)
    const [report] = JSON.parse(out) as [Report]
    expect(report.state).toBe('complete')
    expect(report.plan.substrate).toBe('container')
    expect(report.facts.substrate).toMatchObject({ mode: 'thin', timeNamespace: 'none' })
    const throughput = report.measurements.find(({ metric }) => metric === 'throughput')
    expect(throughput?.values[0]?.value).toBeGreaterThan(0)
    // A node that was read too late on a busy machine is left out, because its numbers would be wrong.
    const told = report.nodes.map(({ node }) => node)
    expect(report.plan.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(told))
    expect(told.length).toBeGreaterThan(report.plan.nodes.length / 2)
    expect(await ours()).toEqual(before)
  })

  it('that is killed in the middle is removed by a sweep', async () => {
    const before = await ours()
    const child = start('run', 'one-to-one', ...short, '--measure', '60s', '--out', join(folder, 'reports'))
    const ended = finish(child)
    // Kill it while it measures: only this line shows that it does.
    await new Promise<void>((resolve) => {
      let text = ''
      child.stderr?.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (/block 1\/1 .*measure/.test(text)) resolve()
      })
      child.once('close', () => resolve())
    })
    child.kill('SIGKILL')
    expect((await ended).status).toBeNull()
    expect((await ours()).length).toBeGreaterThan(before.length)
    const swept = await finish(start('sweep'))
    expect(swept.status, swept.err).toBe(0)
    expect(await ours()).toEqual(before)
    expect(await readdir(join(folder, 'reports'))).toHaveLength(1)
  })
})
