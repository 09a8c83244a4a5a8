/** Checks that do not come to their end: what was measured is kept, and the others go on. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../model/report.ts'
import { test, until } from '../testing/command.ts'

const short = join(import.meta.dirname, '../../fixtures/scenarios/short.ts')
const quick = [
  '--base',
  '2.15.2',
  '--head',
  '2.15.2',
  '--pairs',
  '4',
  '--on',
  'process',
  '--warmup',
  '0s',
  '--measure',
  '100ms',
]

test('a check that is interrupted answers with the pairs that it has', async ({ cli, expect }) => {
  const running = await cli.start('check', short, ...quick)
  const files = await running.folder()
  await until(
    'the third block',
    async () => (await files.text('recording.ndjson')).includes('"t":"block","block":2') || undefined,
  )
  running.child.signal('SIGINT')
  const { status, stdout, stderr } = await running.ended
  expect(status).toBe(130)
  expect(stdout).toMatch(/cannot tell/)
  expect(stdout).toContain('1 pair of blocks, interleaved')
  expect(stdout).toMatch(/run \(complete\): Interrupted by Ctrl-C/)
  expect(stderr).not.toMatch(/^error/m)
  const report = JSON.parse(await files.text('report.json')) as Report
  expect(report).toMatchObject({
    state: 'interrupted',
    verdict: { outcome: 'unknown' },
    check: { kind: 'interleaved' },
  })
  expect(await cli.leftovers(files)).toEqual([])
})

test('a check whose scenario cannot run does not take the next one with it', async ({ cli, expect }) => {
  const cannot = join(cli.folder, 'cannot.json')
  await writeFile(
    cannot,
    JSON.stringify({
      name: 'cannot',
      about: 'Its server cannot start.',
      topology: { hub: { role: 'server', server: { settings: { no_such_word: 1 } } }, load: { role: 'load' } },
      workloads: [
        {
          kind: 'publish',
          name: 'pub',
          on: 'load',
          to: 'hub',
          subject: 'a',
          payload: { bytes: 64 },
          arrivals: { kind: 'constant', perSecond: 100 },
        },
        { kind: 'subscribe', name: 'sub', on: 'load', to: 'hub', subject: 'a' },
      ],
    }),
  )
  const { status, stdout, stderr } = await cli.run('check', cannot, short, ...quick, '--budget', '100ms')
  expect(status).toBe(76)
  expect(stderr).toContain('no_such_word')
  expect(stdout).toContain('check of short')
  expect(stdout).not.toContain('check of cannot')
})

test('beside --json stdout is JSON alone, and annotations are on stderr', async ({ cli, expect }) => {
  const { stdout, stderr } = await cli.run('check', short, ...quick, '--budget', '100ms', '--json', '--annotations')
  expect(JSON.parse(stdout)).toHaveLength(1)
  expect(stderr).toMatch(/^::(error|warning|notice)/m)
})
