/** What can break in the middle of a run, made to happen for real: named, told with its evidence, and cleaned up after. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe } from 'vitest'
import type { Report } from '../model/report.ts'
import { test, until, type Bench, type Running } from '../testing/command.ts'

const short = join(import.meta.dirname, '../../fixtures/scenarios/short.ts')

/** A run that is measuring: samples of its load come in. */
async function measuring(cli: Bench, ...words: readonly string[]): Promise<Running> {
  const running = await cli.start('run', short, '--on', 'process', ...(words.length > 0 ? words : ['--measure', '20s']))
  const files = await running.folder()
  const ofLoad = /"from":"sub@recv".*"t":"sample"/
  await until('sample', async () => ofLoad.test(await files.text('recording.ndjson')) || undefined)
  return running
}

async function reportOf(running: Running): Promise<Report> {
  return JSON.parse(await (await running.folder()).text('report.json')) as Report
}

describe.concurrent('in the middle of a run', () => {
  test('a server that is killed is named as the cause, with its last log lines', async ({ cli, expect }) => {
    const running = await measuring(cli)
    const files = await running.folder()
    process.kill(await files.pid('hub/nats-server'), 'SIGKILL')
    const { status, stderr } = await running.ended
    expect(stderr).toContain('nats-server of node hub ended during the block')
    expect(stderr).toContain('Server is ready')
    expect(status).toBe(76)
    expect(await reportOf(running)).toMatchObject({ state: 'failed', verdict: { outcome: 'unknown' } })
    expect(await cli.leftovers(files)).toEqual([])
  })

  test('an agent that is killed ends the run at once and is named', async ({ cli, expect }) => {
    const running = await measuring(cli)
    const files = await running.folder()
    process.kill(await files.pid('recv/node'), 'SIGKILL')
    const { status, stderr } = await running.ended
    expect(stderr).toMatch(/agent \S+@recv ended before it was done \(signal SIGKILL\)/)
    expect(status).toBe(76)
    expect(await reportOf(running)).toMatchObject({ state: 'failed' })
    expect(await cli.leftovers(files)).toEqual([])
  })

  test('an agent that hangs is waited for no longer than its deadline and is named', async ({ cli, expect }) => {
    const running = await measuring(cli, '--measure', '3s')
    const files = await running.folder()
    const agents = await until('agents', async () => {
      const lines = (await files.text('journal.ndjson')).split('\n')
      const started = lines.filter((line) => line.includes('"name":"send/node"'))
      const ids = started.map((line) => (JSON.parse(line) as { id: number }).id)
      const pids = lines.filter((line) => line.includes('"t":"did"') && ids.some((id) => line.includes(`"id":${id},`)))
      return pids.length === ids.length ? pids.map((line) => Number(/"pid":(\d+)/.exec(line)?.[1])) : undefined
    })
    agents.forEach((pid) => process.kill(pid, 'SIGSTOP'))
    const { status, stderr } = await running.ended
    expect(stderr).toMatch(/agents must say "done" within \d+(\.\d+)? s, still missing: .*@send/)
    expect(status).toBe(76)
    expect(await cli.leftovers(files)).toEqual([])
  })

  test('a subscriber that is too slow for the server is called a slow consumer', async ({ cli, expect }) => {
    const running = await cli.start('run', 'slow-consumer', '--on', 'process')
    const { status, stdout, stderr } = await running.ended
    expect(stdout, stderr).toMatch(/slow-sub \(connections\): in block 1: 1 connection did not come back/)
    expect(stdout).toContain('as expected')
    expect(stdout).toMatch(/the server cut off 1 slow consumer[^]*raise\s+max_pending/)
    expect([0, 2], stdout).toContain(status)
    expect(await cli.leftovers(await running.folder())).toEqual([])
  })
})

describe('a port that is taken', () => {
  test('is named before anything of the node is made', async ({ cli, expect }) => {
    const taken = createServer()
    const port = await new Promise<number>((resolve, reject) => {
      taken.once('error', reject)
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    try {
      const { status, stderr } = await cli.run('run', short, '--on', 'process', '--port-base', String(port))
      expect(stderr).toContain(`client port ${port} of node hub must be free`)
      expect(stderr).toContain('--port-base')
      expect(status).toBe(75)
      const [files] = await cli.runs()
      const left = files === undefined ? ['no run folder'] : await cli.leftovers(files)
      // The ports beside it are of those that the system hands out: anyone may have them.
      expect(left.filter((each) => !each.startsWith('port ') || each === `port ${port}`)).toEqual([`port ${port}`])
    } finally {
      taken.close()
    }
  })
})

describe('two runs at once', () => {
  test('the second is refused with the id and the pid of the first', async ({ cli, expect }) => {
    const first = await measuring(cli)
    const { run } = await first.folder()
    const second = await cli.run('run', short, '--on', 'process')
    expect(second.status).toBe(75)
    expect(second.stderr).toContain(`got run ${run} active as pid ${first.child.pid}`)
    expect(await cli.runs()).toHaveLength(1)
    first.child.signal('SIGINT')
    await first.ended
  })
})
