/** A server that acknowledges messages and forgets them is caught: each of them is counted, and the run fails. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { parseAs } from '../model/json.ts'
import { reportSchema } from '../model/report.ts'
import { test } from '../testing/command.ts'

const wrapper = join(import.meta.dirname, '../../fixtures/lying/lying-server.ts')

describe.runIf((process.env['NATS_SERVER'] ?? '') !== '')('a lying server', () => {
  test('is caught: every message that it forgot is lost, and the run fails', async ({ cli, expect }) => {
    const server = join(cli.folder, 'nats-server')
    const real = JSON.stringify(process.env['NATS_SERVER'])
    await writeFile(
      server,
      `#!${process.execPath}\nprocess.env.REAL_SERVER = ${real}\nimport(${JSON.stringify(wrapper)})\n`,
    )
    await chmod(server, 0o755)
    const scenario = join(cli.folder, 'lying.json')
    await writeFile(scenario, JSON.stringify(scenarioWith(server)))
    const { status, stdout, stderr } = await cli.run('run', scenario, '--on', 'process', '--server', server)
    const [files] = await cli.runs()
    const report = files === undefined ? undefined : parseAs(reportSchema, await files.text('report.json'))
    const count = (metric: string) => report?.summaries.find((each) => each.metric === metric)?.max
    expect(report?.state, stdout + stderr).toBe('complete')
    // 100 a second for 2.2 s on one connection, every tenth of them.
    expect(count('lostAcked'), stdout).toBeGreaterThanOrEqual(20)
    expect(count('lostAcked')).toBeLessThanOrEqual(23)
    expect(status).toBe(1)
    expect(report?.health.find(({ rule }) => rule === 'lost-acked')).toMatchObject({ about: 'pub', outcome: 'fail' })
    expect(await cli.leftovers(files!)).toEqual([])
  })
})

function scenarioWith(path: string) {
  return {
    name: 'lying',
    about: 'Every tenth message is acknowledged and forgotten.',
    topology: { hub: { role: 'server', server: { jetstream: true, path } }, send: { role: 'load' } },
    streams: { orders: { on: 'hub', subjects: ['o.>'] } },
    workloads: [
      {
        kind: 'js-publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject: 'o.new',
        payload: { bytes: 64 },
        arrivals: { kind: 'constant', perSecond: 100 },
        window: 100,
      },
    ],
    phases: { warmup: '200ms', measure: '2s', cooldown: '0s' },
    repeats: 1,
  }
}
