/** A run that is stopped: by Ctrl-C it cleans up by itself, after SIGKILL `bench sweep` does; at whatever step it was. */
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import type { Report } from '../model/report.ts'
import { test, until, type Running, type RunFiles } from '../testing/command.ts'

const short = join(import.meta.dirname, '../../fixtures/scenarios/short.ts')

/** Each step, and how its beginning shows in the run folder. */
const steps: readonly (readonly [step: string, file: string, sign: string])[] = [
  ['nodes are being made', 'journal.ndjson', '"kind":"directory"'],
  ['the server is being started', 'journal.ndjson', '"name":"hub/nats-server"'],
  ['agents are being started', 'journal.ndjson', '"name":"recv/node"'],
  ['agents get ready', 'recording.ndjson', '"t":"ready"'],
  ['the floor is being measured', 'recording.ndjson', '"workload":"floor"'],
  ['load is being measured', 'recording.ndjson', '"phase":"measure"'],
  ['agents are done', 'recording.ndjson', '"t":"done"'],
]

function seen(files: RunFiles, file: string, sign: string): Promise<true> {
  return until(sign, async () => (await files.text(file)).includes(sign) || undefined)
}

describe.concurrent('Ctrl-C', () => {
  const machineIsBusy = () => (loadavg()[0] ?? 0) > availableParallelism()
  test.for(steps)('while %s stops everything within 5 s and says so', async ([, file, sign], { cli, expect }) => {
    const running = await cli.start('run', short, '--on', 'process', '--measure', '3s')
    const files = await running.folder()
    await seen(files, file, sign)
    const asked = performance.now()
    running.child.signal('SIGINT')
    const { status, stderr } = await running.ended
    // 0.4 s alone; five at once on a busy machine took 3 s. What hangs waits for a deadline of at least 15 s.
    expect(performance.now() - asked).toBeLessThan(machineIsBusy() ? 14_000 : 5000)
    expect(status).toBe(130)
    expect(stderr).toContain('SIGINT: stopping and cleaning up')
    expect(stderr).not.toMatch(/^error/m)
    expect(JSON.parse(await files.text('report.json')) as Report).toMatchObject({ state: 'interrupted' })
    expect(await cli.leftovers(files)).toEqual([])
    expect(await cli.active()).toEqual([])
  })
})

async function linesOf(files: RunFiles): Promise<number> {
  return (await files.text('journal.ndjson')).split('\n').length - 1
}

async function killedAt(running: Running, lines: number): Promise<RunFiles> {
  const files = await running.folder()
  await until(`journal line ${lines}`, async () => (await linesOf(files)) >= lines || undefined)
  running.child.signal('SIGKILL')
  await running.ended
  return files
}

describe.concurrent('after SIGKILL of the runner', () => {
  // Every second line: from the first folder to the end of the programs.
  const programsRun = 13
  const moments = Array.from({ length: 9 }, (_, index) => index * 2 + 1)

  test('the journal of a whole run has the lines that the cases below go through', async ({ cli, expect }) => {
    await cli.run('run', short, '--on', 'process')
    const [files] = await cli.runs()
    expect(files === undefined ? 0 : await linesOf(files)).toBeGreaterThanOrEqual(Math.max(...moments) + 4)
  })

  test.for(moments)('at journal line %i, sweep leaves nothing', async (line, { cli, expect }) => {
    const running = await cli.start('run', short, '--on', 'process', '--measure', '100ms', '--warmup', '0s')
    const files = await killedAt(running, line)
    // From the end of the programs on, a busy machine may have let the run take everything down before it was killed.
    const left = (await cli.active()).length > 0
    if (line <= programsRun) expect(left).toBe(true)
    const swept = await cli.run('sweep')
    if (left) expect(swept.stderr).toContain(`sweeping what run ${files.run} left behind`)
    expect(swept.stdout).toBe(left ? `swept ${files.run}\n` : 'nothing to sweep\n')
    expect(swept.status).toBe(0)
    expect(await cli.leftovers(files)).toEqual([])
    expect(await cli.active()).toEqual([])
  })
})
