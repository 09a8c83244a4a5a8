/** Faults as a user runs them: on a real cluster of three, and in network namespaces. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { localHost } from '../host/local.ts'
import { reportSchema, type Report } from '../model/report.ts'
import { parseAs } from '../model/json.ts'
import { readJournal } from '../store/journal.ts'
import { whyNoDisk } from '../substrate/disk.ts'
import { slowLimits } from '../substrate/slow-device.ts'
import { test, until, type Bench, type Running, type RunFiles } from '../testing/command.ts'

const scenario = (name: string) => join(import.meta.dirname, `../../fixtures/scenarios/${name}.json`)

async function reportOf(cli: Bench): Promise<Report> {
  const [files] = await cli.runs()
  const report = files === undefined ? undefined : parseAs(reportSchema, await files.text('report.json'))
  if (report === undefined) throw new Error('the run must have a report')
  return report
}

/** What a bad network of a run leaves in the system: namespaces, bridges and interfaces bear the end of its name, and so do their rules. */
async function badNetworks({ run }: RunFiles): Promise<readonly string[]> {
  const tag = run.split('-').at(-1) ?? ''
  const said = async (...command: string[]) => (await localHost().run(command, { accept: 'any' })).stdout
  const lines = `${await said('tc', 'qdisc', 'show')}\n${await said('ip', 'netns', 'list')}\n${await said('ip', '-o', 'link')}`
  return lines.split('\n').filter((line) => new RegExp(`natsbench-${tag}-|nb${tag}br|nv${tag}`).test(line))
}

const isRoot = process.getuid?.() === 0 && process.platform === 'linux'
const notRoot = isRoot ? undefined : 'network namespaces need root on Linux'
const noDisk = await whyNoDisk(localHost(), process.platform === 'linux' ? 'Linux' : process.platform)
const limits = noDisk ?? (await slowLimits(localHost(), 'Linux'))
const noSlow = typeof limits === 'string' ? limits : undefined

/** Limits that the fixture's slow disk has set and nobody took back. */
async function slowDisks(): Promise<readonly string[]> {
  const said = typeof limits === 'string' ? [] : await Promise.all(limits.map((path) => readFile(path, 'utf8')))
  return said
    .join('')
    .split('\n')
    .filter((line) => /[ =]23$/.test(line))
}

describe.runIf(isRoot)('a partition', () => {
  const engine = (process.env['DOCKER_HOST'] ?? '') === '' ? [] : ['container']
  test.for(['netns', ...engine])('on %s takes one way only, is probed and is gone', async (on, { cli, expect }) => {
    const { stdout, stderr } = await cli.run('run', scenario('cut-one-way'), '--on', on)
    const report = await reportOf(cli)
    expect(report.state, stdout + stderr).toBe('complete')
    const found = report.health.find(({ rule }) => rule === 'network')
    expect(found, stdout).toMatchObject({ outcome: 'pass' })
    expect(found?.because).toMatch(/before: 100 of 100 packets came back.*during: 0 of 100/)
    const row = report.faults?.find(({ workload }) => workload === 'sub')
    expect(row?.gap, JSON.stringify(report.faults)).toBeDefined()
    const [files] = await cli.runs()
    expect(await cli.leftovers(files!)).toEqual([])
  })
})

describe.runIf(isRoot)('a partition in a run', { concurrent: true }, () => {
  const endings: readonly (readonly [
    how: string,
    status: number,
    end: (running: Running, files: RunFiles) => Promise<void>,
  ])[] = [
    [
      'that fails',
      76,
      async (_running, files) => {
        process.kill(await files.pid('recv/node'), 'SIGKILL')
      },
    ],
    [
      'that is interrupted',
      130,
      (running) => {
        running.child.signal('SIGINT')
        return Promise.resolve()
      },
    ],
  ]
  test.for(endings)('%s is taken back', async ([, status, end], { cli, expect }) => {
    const running = await cli.start('run', scenario('cut-one-way'), '--on', 'netns')
    const files = await running.folder()
    await until('partition', () => begun(files, 'neighbours'))
    await end(running, files)
    expect(await running.ended).toMatchObject({ status })
    expect((await readJournal(join(files.path, 'journal.ndjson'))).open).toEqual([])
    expect(await cli.leftovers(files)).toEqual([])
  })
})

async function begun(files: RunFiles, kind: string): Promise<true | undefined> {
  return (await files.text('journal.ndjson')).includes(`"kind":"${kind}"`) || undefined
}

/** How a fault is begun, and how one sees that it has. */
interface Midst {
  readonly scenario: string
  readonly on: string
  /** Why not here. */
  readonly why?: string | undefined
  readonly begun: (files: RunFiles) => Promise<true | undefined>
}

const told = (kind: string) => async (files: RunFiles) =>
  new RegExp(`"t":"fault"[^\\n]*"kind":"${kind}[^"]*","on":true`).test(await files.text('recording.ndjson')) ||
  undefined
const noted = (kind: string) => (files: RunFiles) => begun(files, kind)

const midsts: Readonly<Record<string, Midst>> = {
  pause: { scenario: 'server-pause', on: 'process', begun: told('pause') },
  kill: { scenario: scenario('kill-one-of-three'), on: 'process', begun: told('kill') },
  partition: { scenario: scenario('cut-one-way'), on: 'netns', why: notRoot, begun: noted('neighbours') },
  'disk-full': { scenario: scenario('disk-faults'), on: 'process', why: noDisk, begun: noted('filler') },
  'slow-disk': { scenario: scenario('slow-disk-short'), on: 'process', why: noSlow, begun: noted('slow-device') },
  'hung-disk': {
    scenario: scenario('hung-disk-short'),
    on: 'netns',
    why: notRoot ?? noDisk,
    begun: noted('frozen-disk'),
  },
  'os-crash': { scenario: scenario('disk-faults'), on: 'process', why: noDisk, begun: told('os-crash') },
}

// From here on several at once: they wait more than they compute.
describe.concurrent('the leader of a stream', () => {
  test('is found, killed and started again; nothing acknowledged is lost, and the gap is told', async ({
    cli,
    expect,
  }) => {
    const { stdout, stderr } = await cli.run('run', scenario('kill-leader-short'), '--on', 'process')
    const report = await reportOf(cli)
    expect(report.state, stdout + stderr).toBe('complete')
    const [row] = report.faults ?? []
    expect(row).toMatchObject({ workload: 'pub', fault: 'kill leader of orders', time: 'ack' })
    expect(row?.nodes).toEqual([report.facts.streams?.[0]?.leader])
    // An election takes some seconds (nats-server, raft.go); what was sent meanwhile waits for it.
    expect((row?.resumed ?? 0) / 1e9).toBeGreaterThan(0.5)
    const lost = report.summaries.find(({ metric }) => metric === 'lostAcked')
    expect(lost?.max).toBe(0)
    expect(report.health.find(({ rule }) => rule === 'expected')).toMatchObject({ outcome: 'pass' })
  })
})

describe.concurrent('a runner that is killed in the midst of a fault', () => {
  test.for(Object.entries(midsts))('leaves nothing after a sweep: %s', async ([name, midst], { cli, expect, skip }) => {
    const { scenario, on, begun, why } = midst
    skip(why !== undefined, why)
    const running = await cli.start('run', scenario, '--on', on, '--repeats', '1')
    const files = await running.folder()
    await until('fault', () => begun(files))
    running.child.signal('SIGKILL')
    await running.ended
    expect((await cli.run('sweep')).status).toBe(0)
    expect(await cli.leftovers(files)).toEqual([])
    expect((await readJournal(join(files.path, 'journal.ndjson'))).open).toEqual([])
    if (process.platform === 'linux') expect(await badNetworks(files)).toEqual([])
    // The others run beside the one that slows a disk.
    if (name === 'slow-disk') expect(await slowDisks()).toEqual([])
  })
})

describe.runIf(noSlow === undefined)(`a slow disk${noSlow === undefined ? '' : ` (not here: ${noSlow})`}`, () => {
  // Not beside the runner that is killed: both look for the limit of one number.
  test('is probed, is as slow as was asked for, and is quick again', async ({ cli, expect }) => {
    const { stdout, stderr } = await cli.run('run', scenario('slow-disk-short'), '--on', 'process')
    const report = await reportOf(cli)
    expect(report.state, stdout + stderr).toBe('complete')
    const found = report.health.find(({ rule }) => rule === 'disk')
    expect(found, stdout).toMatchObject({ outcome: 'pass', about: 'slow-disk hub (23 writes a second)' })
    expect(found?.because).toMatch(/asked for 23 writes a second; .* on hub before: p50 .*; during: p50 /)
    const [files] = await cli.runs()
    expect(await cli.leftovers(files!)).toEqual([])
    expect(await slowDisks()).toEqual([])
  })
})

describe.runIf(noDisk === undefined)(
  `a crash of the system${noDisk === undefined ? '' : ` (not here: ${noDisk})`}`,
  { concurrent: true },
  () => {
    // In a network namespace other programs hold the crashed file system by mounts of their own.
    test.for(['netns'])(
      'on %s loses what was acknowledged and not synced, and nothing that was',
      async (on, { cli, expect }) => {
        const { stdout, stderr } = await cli.run('run', scenario('os-crash-short'), '--on', on)
        const report = await reportOf(cli)
        expect(report.state, stdout + stderr).toBe('complete')
        const lost = (variant: string) =>
          report.summaries.find((each) => each.metric === 'lostAcked' && each.variant === variant)?.max
        expect(lost('never'), stdout).toBeGreaterThan(0)
        expect(lost('always'), stdout).toBe(0)
        const [files] = await cli.runs()
        expect(await cli.leftovers(files!)).toEqual([])
      },
    )
  },
)
