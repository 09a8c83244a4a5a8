/**
 * The runner is killed after each line of its journal and in the middle of a step; commands of the base system fail on purpose.
 * A sweep then leaves nothing, and touches no jail of anybody else.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../../host/local.ts'
import { BenchError } from '../../model/error.ts'
import type { NodePlan } from '../../model/plan.ts'
import { openJournal } from '../../store/journal.ts'
import { bastilleSubstrate, prepare } from './bastille.ts'
import { listImages, removeImage } from './images.ts'
import { jailPlace, jailSettings } from './lab-under-test.ts'
import { leftOn, sweepLeft } from './left.ts'
import { chooseRelease } from './release.ts'
import { readHome } from './home.ts'
import { tracesOf } from './traces-under-test.ts'

const host = localHost()
const place = await jailPlace(process.env)
const settings = { network: 'shared', ...jailSettings(process.env) }
const { network } = settings
const injections = '/var/run/bastille-lab/fail.json'
const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)

/** Makes a limited node and destroys it, and kills itself a while after the n-th line of its journal is on disk. */
const runner = `
import { bastilleSubstrate } from ${here('./bastille.ts')}
import { localHost } from ${here('../../host/local.ts')}
import { openJournal } from ${here('../../store/journal.ts')}
const [folder, tag, settings, step, delayMs] = process.argv.slice(1)
const host = localHost()
const journal = await openJournal(folder + '/journal.ndjson', 'run-' + tag)
let lines = 0
const dying = (write) => async (...words) => {
  const result = await write(...words)
  if (++lines !== Number(step)) return result
  if (Number(delayMs) === 0) process.kill(process.pid, 'SIGKILL')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(delayMs))
  return result
}
const deadly = { ...journal, will: dying(journal.will), did: dying(journal.did), gone: dying(journal.gone) }
const context = { host, facts: await host.facts(), run: 'run-' + tag, tag, directory: folder, settings: JSON.parse(settings), env: {}, say() {} }
const substrate = await bastilleSubstrate(context)
const plan = { name: 'hub', group: 'hub', role: 'load', index: 0, endpoint: substrate.endpoint(0), cpus: [0], memoryBytes: 4 * 1024 ** 3 }
const node = await substrate.create(plan, deadly, new AbortController().signal)
const child = await node.spawn(['sleep', '1000'])
await node.destroy()
await journal.close()
process.exit(0)
`

/** A jail of somebody else, made with the operator's own configuration; its name begins like one of ours. */
const bystander = { name: 'njb00000x', address: '10.17.0.9' }
let directory: string
let bystanderRoot: string

async function substrateFor(tag: string) {
  const facts = await host.facts()
  const context = {
    host,
    facts,
    run: `run-${tag}`,
    tag,
    directory,
    settings,
    env: {},
    say: () => undefined,
  }
  return bastilleSubstrate(context)
}

async function crash(tag: string, step: number, delayMs: number) {
  const folder = await mkdtemp(join(directory, `${tag}-`))
  const words = [folder, tag, JSON.stringify(settings), String(step), String(delayMs)]
  const child = spawn(process.execPath, ['--input-type=module', '-e', runner, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const killed = await new Promise<boolean>((resolve) =>
    child.once('close', (_status, signal) => resolve(signal === 'SIGKILL')),
  )
  return { folder, killed }
}

/** As the next command does: what the journal names is removed by another process. */
async function sweepAfter(tag: string, folder: string): Promise<void> {
  const journal = await openJournal(join(folder, 'journal.ndjson'), `run-${tag}`)
  await (await substrateFor(tag)).sweep(journal.open())
  await journal.close()
}

async function expectCleanHost(tag: string): Promise<void> {
  expect(await tracesOf(host, tag)).toEqual([])
  const { stdout } = await host.run(['jls', '-j', bystander.name, 'path'])
  expect(stdout.trim()).toBe(bystanderRoot)
  expect((await host.run(['cat', `${bystanderRoot}/root/data`])).stdout).toBe('precious')
}

describe.runIf(place.kind === 'here')('what a dead runner leaves', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bench-jail-crash-'))
    const home = await readHome(host)
    const release = await chooseRelease(host, home, await host.facts(), {})
    bystanderRoot = `${home.releases.replace(/\/releases$/, '')}/jails/${bystander.name}/root`
    const words = ['create', bystander.name, release, bystander.address]
    await host.run(['bastille', ...words], { accept: 'any', input: '', timeoutMs: 240_000 })
    await host.run(['sh', '-c', 'printf precious > "$1"', 'sh', `${bystanderRoot}/root/data`])
    // Build the image first, so that the steps below are those of a node.
    const folder = await mkdtemp(join(directory, 'first-'))
    const journal = await openJournal(join(folder, 'journal.ndjson'), 'run-b0zz')
    const substrate = await substrateFor('b0zz')
    const plan: NodePlan = { name: 'x', group: 'x', role: 'load', index: 0, endpoint: substrate.endpoint(0) }
    await (await substrate.create(plan, journal, new AbortController().signal)).destroy()
    await journal.close()
  })
  afterAll(async () => {
    await host.run(['bastille', 'destroy', '-ay', bystander.name], { accept: 'any', input: '' })
    await rm(directory, { recursive: true })
  })

  const lines = network === 'vnet' ? 6 : 4
  const steps = Array.from({ length: lines }, (_, at) => at + 1)
  it.each(steps)(
    `is gone after a sweep when it was killed right after line %i of ${lines} of its journal`,
    async (step) => {
      const tag = `b00${step}`
      const { folder, killed } = await crash(tag, step, 0)
      expect(killed).toBe(true)
      await sweepAfter(tag, folder)
      await expectCleanHost(tag)
    },
  )

  it.each([100, 400, 900])('is gone when it was killed %i ms into bastille clone or start', async (delayMs) => {
    const tag = `b1${String(delayMs).slice(0, 1)}x`
    const { folder, killed } = await crash(tag, network === 'vnet' ? 2 : 1, delayMs)
    expect(killed).toBe(true)
    await sweepAfter(tag, folder)
    await expectCleanHost(tag)
  })

  it('is known to the host itself, and gone after its own sweep, when the machine that drove it is lost', async () => {
    // The jail runs and is about to be limited.
    const { folder, killed } = await crash('b4xx', network === 'vnet' ? 3 : 2, 0)
    expect(killed).toBe(true)
    await rm(folder, { recursive: true })
    expect(await tracesOf(host, 'b4xx')).not.toEqual([])
    const removal = await prepare({ host, run: 'sweep', say: () => undefined })
    expect(await sweepLeft(removal, () => undefined)).toContain('run-b4xx')
    expect(await leftOn(removal)).toEqual(new Map())
    await expectCleanHost('b4xx')
  })

  const failures = [
    { cmd: 'jail', match: '-c ', deed: 'starting the jail' },
    { cmd: 'jexec', match: '.', deed: 'looking into the jail' },
    { cmd: 'cpuset', match: '-l', deed: 'pinning it' },
    { cmd: 'rctl', match: '-a', deed: 'limiting it' },
    { cmd: 'ifconfig', match: '.', deed: 'anything with interfaces' },
    { cmd: 'jls', match: '-j', deed: 'asking for the jail' },
    { cmd: 'zfs', match: 'recv|destroy', deed: 'receiving or destroying datasets' },
    { cmd: 'jail', match: '-r ', deed: 'stopping the jail' },
    { cmd: 'umount', match: '.', deed: 'unmounting' },
  ]
  it.runIf(existsSync('/var/run/bastille-lab')).each(failures)(
    'is gone, and said why, when $cmd fails at $deed',
    async ({ cmd, match }) => {
      const at = failures.findIndex((failure) => failure.cmd === cmd && failure.match === match)
      const tag = `b2${at}x`
      const folder = await mkdtemp(join(directory, `${tag}-`))
      const journal = await openJournal(join(folder, 'journal.ndjson'), `run-${tag}`)
      const substrate = await substrateFor(tag)
      await writeFile(injections, JSON.stringify([{ cmd, match, stderr: `${cmd}: injected failure\n` }]))
      onTestFinished(() => rm(injections, { force: true }))
      const plan: NodePlan = {
        name: 'hub',
        group: 'hub',
        role: 'load',
        index: 0,
        endpoint: substrate.endpoint(0),
        cpus: [0],
        memoryBytes: 4 * 1024 ** 3,
      }
      const failure = await substrate.create(plan, journal, new AbortController().signal).then(
        (node) => node.destroy().catch((error: unknown) => error),
        (error: unknown) => error,
      )
      await rm(injections, { force: true })
      // An injected failure that changes nothing (no dataset on UFS, no mount that stays) may leave the command successful.
      if (failure !== undefined) {
        expect(failure).toBeInstanceOf(BenchError)
        expect(JSON.stringify([(failure as BenchError).message, (failure as BenchError).lines])).toMatch(
          /must|injected/,
        )
      }
      await substrate.sweep(journal.open())
      await journal.close()
      await expectCleanHost(tag)
    },
  )

  it('is no half-built image either, and our prefix goes with the last image', async () => {
    const removal = await prepare({ host, run: 'run-b3xx', say: () => undefined })
    for (const { name } of await listImages(removal)) await removeImage(removal, name)
    expect(existsSync(removal.home.prefix)).toBe(false)
    const { folder, killed } = await crash('b3xx', network === 'vnet' ? 2 : 1, 1500)
    expect(killed).toBe(true)
    await sweepAfter('b3xx', folder)
    await expectCleanHost('b3xx')
    expect(existsSync(removal.home.prefix)).toBe(false)
  })
})
