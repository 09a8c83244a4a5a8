/** What happens to a lab when its test fails, hangs or is killed; each case in a vitest of its own, as a user starts it. */
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { localHost } from '../host/local.ts'
import { test, until, type Bench, type Running, type RunFiles } from './command.ts'
import { pidOf } from './kill.ts'

async function waiting(
  cli: Bench,
): Promise<{ readonly running: Running; readonly files: RunFiles; readonly worker: number }> {
  const running = await cli.vitest(['waits.case.ts'])
  // A file can exist before its text is written.
  const worker = await until('lab', async () => pidOf(await readFile(join(cli.folder, 'up'), 'utf8')))
  return { running, files: await running.folder(), worker }
}

/** Pid of the process that cleans up after a worker. */
async function guardOf(worker: number): Promise<number | undefined> {
  const { stdout } = await localHost().run(['ps', '-ww', '-eo', 'pid=,args='])
  const line = stdout.split('\n').find((each) => each.includes(`guard.ts ${worker} `))
  return line === undefined ? undefined : Number.parseInt(line, 10)
}

describe.concurrent('the lab of a test', () => {
  test('that fails is explained by log, state and folder, which is kept, and is taken down', async ({
    cli,
    expect,
  }) => {
    const running = await cli.vitest(['fails.case.ts'])
    const files = await running.folder()
    const { status, stdout, stderr } = await running.ended
    const said = stdout + stderr
    expect(status).toBe(1)
    expect(said).toContain('1 failed | 1 passed')
    expect(said).toContain('lab of the failed test "fails"')
    expect(said).toContain('nats-server of hub runs, its last lines')
    expect(said).toContain('Server is ready')
    expect(said).toMatch(/node a: \d+ MiB in use, \S+ s of CPU, paused/)
    expect(said).toContain(`run folder: ${files.path}`)
    expect(existsSync(join(files.path, 'journal.ndjson'))).toBe(true)
    expect(await cli.leftovers(files)).toEqual([])
    expect(await cli.active()).toEqual([])
  })

  test('that times out is taken down', async ({ cli, expect }) => {
    const running = await cli.vitest(['times-out.case.ts'])
    const files = await running.folder()
    const { status, stdout, stderr } = await running.ended
    expect(status).toBe(1)
    expect(stdout + stderr).toContain('Test timed out in 300ms')
    expect(await cli.leftovers(files)).toEqual([])
    expect(await cli.active()).toEqual([])
  })

  const deaths: readonly (readonly [string, (running: Running, worker: number) => void])[] = [
    ['is interrupted by Ctrl-C', (running) => running.child.signal('SIGINT')],
    ['is killed with all of vitest', (running) => running.child.signal('SIGKILL')],
    ['is killed alone', (_, worker) => process.kill(worker, 'SIGKILL')],
  ]
  test.for(deaths)('whose process %s is gone soon after, by its journal', async ([, end], { cli, expect }) => {
    const { running, files, worker } = await waiting(cli)
    end(running, worker)
    await running.ended
    await expect.poll(() => cli.active(), { timeout: 120_000 }).toEqual([])
    expect(await cli.leftovers(files)).toEqual([])
  })

  test('whose guard was killed too is swept by the next lab', async ({ cli, expect }) => {
    const { running, files, worker } = await waiting(cli)
    const guard = await until('guard', () => guardOf(worker))
    process.kill(guard, 'SIGKILL')
    process.kill(worker, 'SIGKILL')
    await running.ended
    expect(await cli.active()).toHaveLength(1)
    await (
      await cli.vitest(['times-out.case.ts'])
    ).ended
    expect(await cli.active()).toEqual([])
    expect(await cli.leftovers(files)).toEqual([])
  })

  test('does not meet the lab of another file that runs at the same time', async ({ cli, expect }) => {
    const { status, stdout } = await (await cli.vitest(['left.case.ts', 'right.case.ts'])).ended
    expect(stdout).toContain('2 passed')
    expect(status).toBe(0)
    expect(readFileSync(join(cli.folder, 'left.up'), 'utf8')).not.toBe(
      readFileSync(join(cli.folder, 'right.up'), 'utf8'),
    )
    expect(await cli.active()).toEqual([])
  })

  test('is skipped with the reason where its substrate cannot run', async ({ cli, expect, skip }) => {
    skip(process.platform === 'freebsd', 'jails may run here')
    const { status, stdout } = await (await cli.vitest(['fails.case.ts'], { BENCH_ON: 'bastille' })).ended
    expect(stdout).toMatch(/2 skipped/)
    expect(stdout).toContain('substrate bastille must be possible on local')
    expect(status).toBe(0)
  })
})
