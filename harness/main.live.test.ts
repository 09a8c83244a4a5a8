/** The program itself, as a shell starts it: what only the process can show. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { sampleReport } from '../fixtures/reports/build.ts'
import { humps } from '../fixtures/reports/humps.ts'
import { historyEntry } from './report/history-entry.ts'
import { version } from './version.ts'

const program = fileURLToPath(new URL('bench.js', import.meta.url))
const entry = historyEntry(sampleReport({ histogram: humps }), 'x')

interface Said {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** `$0` of the script is Node.js, `$1` the program, `$2` a folder that is gone after the test. */
async function shell(folder: string, script: string): Promise<Said> {
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
  return promisify(execFile)('sh', ['-c', script, process.execPath, program, folder], { env, cwd: folder }).then(
    ({ stdout, stderr }) => ({ status: 0, out: stdout, err: stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { status: code, out: stdout, err: stderr }
    },
  )
}

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'main-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function withHistory(count: number): Promise<string> {
  const folder = await place()
  await mkdir(join(folder, 'reports/history'), { recursive: true })
  for (let i = 0; i < count; i++) {
    const run = `20260101-${String(i).padStart(6, '0')}-base-abcd`
    await writeFile(join(folder, 'reports/history', `${run}.json`), JSON.stringify({ ...entry, run }))
  }
  return folder
}

it('reads a history of more runs than a process may open files', async () => {
  const folder = await withHistory(100)
  const { status, err } = await shell(folder, 'ulimit -n 64; "$0" "$1" history')
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

it('reads the agent where a process may open fewer files than it has', async () => {
  const stage = fileURLToPath(new URL('lab/stage.ts', import.meta.url))
  const script = `ulimit -n 32; "$0" -e 'import("${stage}").then((stage) => stage.agentScripts()).then((all) => console.log(Object.keys(all).includes("main.cjs")))'`
  expect(await shell(await place(), script)).toMatchObject({ status: 0, out: 'true\n' })
})

it('ends quietly where the reader has seen enough', async () => {
  const folder = await withHistory(100)
  for (const words of ['reference', 'history']) {
    const { err } = await shell(folder, `"$0" "$1" ${words} | true; "$0" "$1" ${words} | head -n 1 >&2`)
    expect(err.trim().split('\n'), words).toHaveLength(1)
  }
  const { status, out } = await shell(folder, '{ "$0" "$1" reference 2>&1; echo "status $?" >&2; } | true')
  expect({ status, out }).toEqual({ status: 0, out: '' })
})

it('says that a program is no nats-server before anything is built', async () => {
  const { status, out, err } = await shell(
    await place(),
    '"$0" "$1" run one-to-one --on process --server /bin/ls; code=$?; ls; exit $code',
  )
  expect({ status, out }).toEqual({ status: 66, out: 'state\n' })
  expect(err).toContain('must name a nats-server program, got /bin/ls')
})

it.skipIf(process.platform !== 'linux')('says that stdout is full', async () => {
  const { status, err } = await shell(await withHistory(1), '"$0" "$1" reference > /dev/full')
  expect({ status, err }).toEqual({ status: 74, err: 'error: stdout must be writable, got ENOSPC\n' })
})

it('takes no width from COLUMNS where it gives none', async () => {
  const folder = await withHistory(3)
  const shown = async (columns: string) => (await shell(folder, `COLUMNS=${columns} "$0" "$1" history`)).out
  const usual = await shown('100')
  for (const columns of ['', 'abc', '-5', '0', '1e9']) expect(await shown(columns), columns).toBe(usual)
})

it('says how packages are installed where there are none', async () => {
  const folder = await place()
  await cp(dirname(program), join(folder, 'harness'), { recursive: true, filter: (path) => !path.endsWith('.test.ts') })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const { status, err } = await shell(folder, '"$0" harness/bench.js list')
  expect(status).toBe(69)
  expect(err).toMatch(
    /^error: packages must be installed, got: Cannot find package '.+\nhint: pnpm install --frozen-lockfile\n$/,
  )
})

it('tells what a sweep of this machine came to where that of the host asked for fails', async () => {
  const folder = await place()
  const active = join(folder, 'state/nats-jail-harness/active')
  await mkdir(active, { recursive: true, mode: 0o700 })
  await writeFile(join(active, '20260101-000000-base-abcd.json'), 'broken')
  const { status, err } = await shell(folder, '"$0" "$1" sweep --host ssh://127.0.0.1:1')
  expect(status).toBe(74)
  expect(err).toMatch(/^error: .+base-abcd\.json must be an entry of the index of runs/)
  expect(err).toMatch(/^error: .*127\.0\.0\.1/m)
})

it('starts also where the cache cannot be', async () => {
  const { status, out, err } = await shell(await place(), 'XDG_CACHE_HOME=/proc/nope "$0" "$1" --version')
  expect({ status, out, err }).toEqual({ status: 0, out: `${version}\n`, err: '' })
})

it('takes relative paths from where the words were typed, not from where pnpm runs its script', async () => {
  const folder = await place()
  await mkdir(join(folder, 'below'))
  await writeFile(join(folder, 'below/x.json'), '{}')
  const typed = 'npm_package_name=nats-jail-harness npm_lifecycle_event=bench INIT_CWD="$2/below"'
  const { status, out } = await shell(folder, `${typed} "$0" "$1" validate ./x.json`)
  expect({ status, out }).toEqual({ status: 65, out: expect.stringContaining('x.json') as string })
  const other = await shell(folder, `${typed.replace('=bench', '=test')} "$0" "$1" validate ./x.json`)
  expect(other).toMatchObject({ status: 66 })
})

const pnpm = process.env['npm_execpath'] ?? ''
it.skipIf(!pnpm.includes('pnpm'))('takes them so when pnpm runs it in a folder below ours', async () => {
  const below = fileURLToPath(new URL('../scenarios/first', import.meta.url))
  const words = [pnpm, 'bench', 'validate', './one-to-one.ts']
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: below })
  expect(stdout).toContain('one-to-one.ts: ok')
})
