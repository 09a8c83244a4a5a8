import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../host/local.ts'
import { processTable } from '../host/processes.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import { openJournal } from '../store/journal.ts'
import { substrateContract } from './contract.ts'
import type { ContractCommands, Subject } from './contract.ts'
import { makeFolder, removeFolder } from './process-folder.ts'
import { openGround } from './process-ground.ts'
import { processSubstrate } from './process.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

const host = localHost()
const facts = await host.facts()
const never = new AbortController().signal

const commands: ContractCommands = {
  echo: ['cat'],
  fail: ['sh', '-c', 'echo sorry >&2; exit 3'],
  deaf: ['sh', '-c', 'trap "" TERM; echo deaf; sleep 60 & wait; sleep 60'],
  show: (path) => ['cat', path],
  variable: (name) => ['printenv', name],
}

let count = 0

async function setting(settings: SubstrateContext['settings'] = {}): Promise<Subject & SubstrateContext> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-process-'))
  count += 1
  const tag = `p${String(count).padStart(2, '0')}x`
  const run = `20261124-061500-contract${process.pid}-${tag}`
  const context = {
    host,
    facts,
    run,
    tag,
    directory: join(folder, 'work'),
    settings,
    env: process.env,
    say: () => undefined,
  }
  const journal = await openJournal(join(folder, 'journal.ndjson'), run)
  onTestFinished(async () => {
    await journal.close()
    await rm(folder, { recursive: true })
  })
  const substrate = await processSubstrate(context)
  onTestFinished(() => substrate.sweep(journal.open()))
  return { ...context, substrate, journal, commands }
}

function planOf(substrate: Substrate, index = 0): NodePlan {
  return { name: `load-${index}`, group: 'load', role: 'load', index, endpoint: substrate.endpoint(index) }
}

function entryOf(entries: readonly JournalEntry[], kind: string): JournalEntry {
  const entry = entries.find((candidate) => candidate.kind === kind)
  if (entry === undefined) throw new Error(`no ${kind} in the journal`)
  return entry
}

describe('the substrate of process groups', () => {
  for (const { title, run } of substrateContract) it(title, async () => run(await setting()))

  it('makes its folders and files private, and takes the whole work folder away with the last node', async () => {
    const { substrate, journal, directory } = await setting()
    const node = await substrate.create(planOf(substrate), journal, never)
    await node.put({ 'deep/secret': 'x' }, `${node.directory}/files`)
    const modes = await Promise.all(
      [directory, node.directory, `${node.directory}/files/deep`, `${node.directory}/files/deep/secret`].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o600])
    await node.destroy()
    expect(existsSync(directory)).toBe(false)
  })

  it('names the port that is taken before it makes anything', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    onTestFinished(() => void listener.close())
    const address = listener.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { substrate, journal, directory } = await setting({ portBase: String(port - 1) })
    await expect(substrate.create(planOf(substrate), journal, never)).rejects.toMatchObject({
      code: 'busy',
      message: `monitor port ${port} of node load-0 must be free, got one in use`,
    })
    expect(journal.open()).toEqual([])
    expect(existsSync(directory)).toBe(false)
  })

  it.each(['80', '65535', '-1', '4222; id', '0x1000'])('refuses the port base %j', async (portBase) => {
    await expect(setting({ portBase })).rejects.toMatchObject({ code: 'usage' })
  })

  it('counts CPU time, memory and context switches of a program and of what it started, also when they have ended', async () => {
    const { substrate, journal } = await setting()
    const node = await substrate.create(planOf(substrate), journal, never)
    const busy = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'
    const child = await node.spawn(['sh', '-c', `(${busy}; echo done; exec sleep 60) & wait`])
    for await (const line of child.lines) if (line === 'done') break
    const usage = await node.usage()
    expect(usage.cpuUserMicros + usage.cpuSystemMicros).toBeGreaterThan(20_000)
    expect(usage.memoryBytes).toBeGreaterThan(500_000)
    expect(usage.switchesVoluntary).toBeGreaterThan(0)
    await child.stop(0)
    const after = await node.usage()
    expect(after.cpuUserMicros).toBeGreaterThanOrEqual(usage.cpuUserMicros)
    expect(after.memoryBytes).toBe(0)
    await node.destroy()
  })

  it.skipIf(facts.os !== 'Linux')('binds the programs of a node to the CPUs of the plan', async () => {
    const { substrate, journal } = await setting()
    const node = await substrate.create({ ...planOf(substrate), cpus: [0] }, journal, never)
    const child = await node.spawn(['grep', 'Cpus_allowed_list', '/proc/self/status'])
    for await (const line of child.lines) expect(line).toBe('Cpus_allowed_list:\t0')
    expect(await child.exit).toEqual({ status: 0 })
    await node.destroy()
  })

  it('finds, after the runner was killed right after starting it, a program of which the journal has no pid', async () => {
    const { substrate, journal, run } = await setting()
    const entry = await journal.will('process', 'load-0/sleep', { run })
    const orphan = spawn('sleep', ['60'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, BENCH_RUN: run, BENCH_ENTRY: String(entry.id) },
    })
    const ended = new Promise((resolve) => orphan.once('exit', (_, signal) => resolve(signal)))
    await substrate.sweep([entry])
    expect(await ended).toBe('SIGKILL')
  })

  it('leaves alone a program that has taken over the pid of one of ours, and one whose mark only begins like ours', async () => {
    const { substrate, journal, run } = await setting()
    const entry = await journal.will('process', 'load-0/sleep', { run })
    const bystander = spawn('sleep', ['60'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, BENCH_RUN: `${run}0`, BENCH_ENTRY: String(entry.id) },
    })
    onTestFinished(() => void bystander.kill('SIGKILL'))
    const pid = bystander.pid ?? 0
    await substrate.sweep([{ ...entry, detail: { run, pid, start: '1' } }])
    const starts = await processTable(host, facts.os).starts([pid])
    expect([...starts.keys()]).toEqual([pid])
  })

  it('finds a program that left the process group of its parent', async () => {
    const { substrate, journal } = await setting()
    const node = await substrate.create(planOf(substrate), journal, never)
    const child = await node.spawn(['sh', '-c', 'setsid sh -c "echo \\$\\$; exec sleep 60" & wait'])
    let pid = 0
    for await (const line of child.lines) {
      pid = Number(line)
      break
    }
    await node.destroy()
    expect((await processTable(host, facts.os).starts([pid])).size).toBe(0)
  })

  it('does not remove a folder that lacks its mark, and says which', async () => {
    const { substrate, journal, directory, run } = await setting()
    await mkdir(directory)
    await writeFile(join(directory, 'precious'), 'data')
    const entry = await journal.will('directory', directory, { run })
    await expect(substrate.sweep([entry])).rejects.toMatchObject({
      lines: [`folder ${directory} must carry the mark of run ${run}, got none`],
    })
    expect(await readFile(join(directory, 'precious'), 'utf8')).toBe('data')
    await journal.gone(entry)
  })

  it('does not remove a folder of another run', async () => {
    const { substrate, journal, directory } = await setting()
    const node = await substrate.create(planOf(substrate), journal, never)
    const entry = entryOf(journal.open(), 'directory')
    const other = { ...entry, detail: { run: '20261124-061500-other-zzzz' } }
    await expect(substrate.sweep([other])).rejects.toThrow('must be gone')
    expect(existsSync(directory)).toBe(true)
    await node.destroy()
  })

  it('removes a folder that somebody else is removing too', async () => {
    const { directory, run } = await setting()
    for (let round = 0; round < 8; round += 1) {
      expect(await makeFolder(host, directory, run)).toBe(true)
      const files = Array.from({ length: 20 }, (_, i) => [`deep/${i}/file`, 'x'] as const)
      await host.put(Object.fromEntries(files), directory)
      await Promise.all([1, 2, 3].map(() => removeFolder(host, directory, run)))
      expect(existsSync(directory)).toBe(false)
    }
  })

  it('refuses to sweep a kind of thing it never makes', async () => {
    const { substrate } = await setting()
    const entry = { id: 1, kind: 'dataset', name: 'tank/home', detail: {} }
    await expect(substrate.sweep([entry])).rejects.toMatchObject({
      lines: ['dataset tank/home: not of a kind this substrate makes'],
    })
  })

  it('leaves the run folder of a failed node empty again', async () => {
    const { substrate, journal, directory } = await setting()
    const one = await substrate.create(planOf(substrate), journal, never)
    await expect(substrate.create(planOf(substrate), journal, never)).rejects.toMatchObject({ code: 'cannot-create' })
    await one.destroy()
    expect(existsSync(directory)).toBe(false)
    expect(journal.open()).toEqual([])
  })

  it('a node that comes while the folder goes with one that failed has a marked folder around it', async () => {
    const context = await setting()
    const { substrate, journal, directory } = context
    const going = Promise.withResolvers<undefined>()
    const empty = () => {
      going.resolve(undefined)
      return new Promise<void>((resolve) => setTimeout(resolve, 300))
    }
    const ground = await openGround(context, empty)
    if (typeof ground === 'string') expect.fail(ground)
    const failed = ground.create(planOf(substrate), journal, () => Promise.reject(new Error('no bridge')))
    const [, node] = await Promise.all([
      expect(failed).rejects.toThrow('no bridge'),
      going.promise.then(() => ground.create(planOf(substrate, 1), journal)),
    ])
    expect(existsSync(node.directory)).toBe(true)
    await node.destroy()
    expect(existsSync(directory)).toBe(false)
    expect(journal.open()).toEqual([])
  })
})
