/**
 * The real command line as a child process of a test. State, run folders and temporary files are below one private folder, so that
 * other runs on this machine do not disturb it. For the harness's own tests.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base } from 'vitest'
import type { Child } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { processTable } from '../host/processes.ts'
import { BenchError } from '../model/error.ts'
import { planSchema, type Plan } from '../model/plan.ts'
import { readJournal } from '../store/journal.ts'

const main = fileURLToPath(new URL('../bench.js', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const pollMs = 2
/** Long, because eight programs that start at once on two cores take half a minute each. */
const waitMs = 240_000

export interface Ended {
  readonly status?: number
  readonly signal?: string
  readonly stdout: string
  /** Its last 40 lines. */
  readonly stderr: string
}

export interface Bench {
  /** Private to the test; removed after it. */
  readonly folder: string
  /** Where run folders are. */
  readonly out: string
  start(...words: readonly string[]): Promise<Running>
  /** Runs to its end. */
  run(...words: readonly string[]): Promise<Ended>
  /** vitest over files of fixtures/testing, as a user starts it; run folders of its labs go to `out`. */
  vitest(files: readonly string[], env?: Readonly<Record<string, string>>): Promise<Running>
  /** Run folders, oldest first. */
  runs(): Promise<readonly RunFiles[]>
  /** Runs that the index of active runs still names: they may have left something. */
  active(): Promise<readonly string[]>
  /** What a run has left on this machine: processes, folders, listening ports, mounts. Empty where all is clean. */
  leftovers(run: RunFiles): Promise<readonly string[]>
}

export interface Running {
  readonly child: Child
  readonly ended: Promise<Ended>
  /** Its run folder, as soon as there is one. */
  folder(): Promise<RunFiles>
}

export interface RunFiles {
  readonly run: string
  readonly path: string
  text(name: string): Promise<string>
  plan(): Promise<Plan>
  /** Pid of a program that runs, by its name in the journal: `hub/nats-server`, `send/node`. */
  pid(program: string): Promise<number>
}

/** Gives a test `cli`. All that it started is ended, swept and removed after the test, also after a failed one. */
// eslint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
export const test = base.extend('cli', async ({}, { onCleanup }): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-test-'))
  const children: Child[] = []
  const bench = benchIn(folder, children)
  onCleanup(async () => {
    await Promise.all(children.map((child) => child.stop(8000)))
    if (existsSync(join(folder, 'state/nats-jail-harness/keep.sock'))) await bench.run('down')
    if ((await bench.active()).length > 0) await bench.run('sweep')
    await rm(folder, { recursive: true, force: true })
  })
  return bench
})

function benchIn(folder: string, children: Child[]): Bench {
  const out = join(folder, 'reports')
  const runs = async (): Promise<readonly RunFiles[]> => {
    const names = existsSync(out) ? await readdir(out) : []
    return names.toSorted().map((run) => filesOf(run, join(out, run)))
  }
  const spawn = async (
    words: readonly string[],
    cwd: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Running> => {
    const before = (await runs()).length
    const env = { XDG_STATE_HOME: join(folder, 'state'), BENCH_OUT: out, CASE_OUT: folder, ...more }
    // vitest sets FORCE_COLOR for its children, so it is taken out. env(1) then becomes the program, so the pid is the program's.
    const child = await localHost().spawn(['env', '-u', 'FORCE_COLOR', process.execPath, ...words], { env, cwd })
    children.push(child)
    return { child, ended: collect(child), folder: () => until('run folder', async () => (await runs())[before]) }
  }
  const start: Bench['start'] = (...words) => spawn([main, ...words], folder)
  return {
    folder,
    out,
    start,
    run: async (...words) => (await start(...words)).ended,
    vitest: (files, env) => {
      const config = join(root, 'fixtures/testing/vitest.config.ts')
      const words = ['run', '--config', config, '--reporter', 'verbose', ...files]
      return spawn([join(root, 'node_modules/vitest/vitest.mjs'), ...words], root, { NO_COLOR: '1', ...env })
    },
    runs,
    active: async () => {
      const index = join(folder, 'state/nats-jail-harness/active')
      return existsSync(index) ? readdir(index) : []
    },
    leftovers,
  }
}

async function collect(child: Child): Promise<Ended> {
  let stdout = ''
  for await (const line of child.lines) stdout += `${line}\n`
  const exit = await child.exit
  return { ...exit, stdout, stderr: child.tail().join('\n') }
}

function filesOf(run: string, path: string): RunFiles {
  return {
    run,
    path,
    text: (name) => readFile(join(path, name), 'utf8'),
    plan: async () => planSchema.parse(JSON.parse(await readFile(join(path, 'plan.json'), 'utf8'))),
    pid: (program) =>
      until(program, async () => {
        const { open } = await readJournal(join(path, 'journal.ndjson'))
        const pids = open.flatMap(({ kind, name, detail }) =>
          kind === 'process' && name === program ? [detail['pid']] : [],
        )
        return pids.find((pid): pid is number => typeof pid === 'number' && isAlive(pid))
      }),
  }
}

/** A process that has ended stays in the journal until its node goes. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // no such process
  }
}

/** Waits until `ask` gives an answer; an error of it (a file that is not there yet) is no answer. Throws after four minutes. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + waitMs
  for (;;) {
    let cause: unknown
    const answer = await ask().catch((error: unknown) => {
      cause = error
    })
    if (answer !== undefined) return answer
    if (performance.now() > deadline)
      throw new BenchError('bug', `${what} must be there within ${waitMs / 1000} s`, { cause })
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

async function leftovers(run: RunFiles): Promise<readonly string[]> {
  const host = localHost()
  const table = processTable(host, (await host.facts()).os)
  const processes = [...(await table.carrying(`BENCH_RUN=${run.run}`)).keys()].map((pid) => `process ${pid}`)
  const folders = (await readdir('/var/tmp')).filter((name) => name.includes(run.run))
  const used = await table.ports()
  const plan = existsSync(join(run.path, 'plan.json')) ? await run.plan() : undefined
  const ports = (plan?.nodes ?? []).flatMap(({ endpoint }) => Object.values(endpoint.ports))
  const taken = ports.filter((port) => used.has(port)).map((port) => `port ${port}`)
  return [...processes, ...folders, ...taken, ...(await mountsOf(run.run))]
}

/** Mounted file systems of a run, and loop devices of its files (Linux only). */
async function mountsOf(run: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') return []
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').filter((line) => line.includes(run))
  const loops = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'))
  const files = await Promise.all(
    loops.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')),
  )
  return [...mounts, ...files.filter((file) => file.includes(run)).map((file) => `loop device of ${file.trim()}`)]
}
