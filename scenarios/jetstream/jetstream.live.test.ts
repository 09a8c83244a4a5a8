/** Every scenario of this folder as the command line runs it, on processes and short: what it proves must hold on a busy machine. */
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { z } from 'zod'
import { kinds } from '../../harness/model/kinds/kinds.ts'
import { parseAs } from '../../harness/model/json.ts'
import { reportSchema } from '../../harness/model/report.ts'
import { test } from '../../harness/testing/command.ts'

/** `durability` has a test of its own. */
const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'durability.ts',
)

/** The last of what a scenario varies, which is the most of it; all of it takes half a minute each. */
const lastOf = (path: string) => `import whole from '${path}'
const { vary, variants, ...rest } = whole
const last = (of) => Object.fromEntries(Object.entries(of).slice(-1))
export default {
  ...rest,
  ...(vary === undefined ? {} : { vary: Object.fromEntries(Object.entries(vary).map(([at, values]) => [at, values.slice(-1)])) }),
  ...(variants === undefined ? {} : { variants: last(variants) }),
}
`

const doneLine = z.object({
  from: z.string(),
  frame: z.object({ t: z.literal('done'), counts: z.object({ received: z.number() }) }),
})

/** Messages received, by agent. */
function parseDone(recording: string): ReadonlyMap<string, number> {
  const lines = recording.split('\n').map((line) => parseAs(doneLine, line))
  return new Map(
    lines.flatMap((line) => (line === undefined ? [] : [[line.from, line.frame.counts.received] as const])),
  )
}

describe('JetStream', () => {
  // One suite: every start of the program is a second of CPU.
  test('every scenario: what was acknowledged is in its stream', { timeout: 600_000 }, async ({ cli, expect }) => {
    const paths = files.map((file) => join(cli.folder, file))
    await Promise.all(files.map((file, i) => writeFile(paths[i]!, lastOf(join(import.meta.dirname, file)))))
    const short = ['--on', 'process', '--warmup', '100ms', '--measure', '300ms', '--repeats', '1', '--json']
    const { stdout, stderr } = await cli.run('run', ...paths, ...short)
    const reports = parseAs(z.array(reportSchema), stdout) ?? []
    expect(
      reports.map(({ plan }) => `${plan.scenario.name}.ts`),
      stderr,
    ).toEqual(files)
    for (const { plan, facts, state, because, summaries } of reports) {
      const { name, workloads, streams = {}, buckets = {}, objects = {}, consumers } = plan.scenario
      expect(state, `${name}: ${because ?? ''}`).toBe('complete')
      const variants = plan.variants.map((variant) => variant.name)
      const largest = (wanted: string) =>
        summaries.filter(({ metric }) => metric === wanted).map(({ variant, max }) => [variant, max])
      const storing = workloads.filter(({ kind }) => kinds[kind].acknowledged)
      expect(largest('lostAcked'), name).toEqual(storing.flatMap(() => variants.map((variant) => [variant, 0])))
      const consumed = consumers === undefined ? [] : variants
      expect(largest('undelivered'), name).toEqual(consumed.map((variant) => [variant, 0]))
      const stores = Object.keys({ ...streams, ...buckets, ...objects })
      const told = facts.streams?.map((each) => [each.variant, each.version !== '', each.leader?.startsWith('hub')])
      expect(told, name).toEqual(variants.flatMap((variant) => stores.map(() => [variant, true, true])))
    }
  })

  test(
    'ids, expected sequence numbers, batches, gets and reads of own writes',
    { timeout: 300_000 },
    async ({ cli, expect }) => {
      const path = join(import.meta.dirname, '../../fixtures/scenarios/js-checked.json')
      const running = await cli.start('run', path, '--on', 'process')
      const { stderr } = await running.ended
      const report = parseAs(reportSchema, await (await running.folder()).text('report.json'))
      expect(report, stderr).toMatchObject({ state: 'complete' })
      const of = (workload: string, metric: string) =>
        report?.summaries.find((each) => each.workload === workload && each.metric === metric)?.max
      const publishers = ['ids', 'turn', 'whole']
      expect(publishers.map((name) => [of(name, 'lostAcked'), of(name, 'refused')])).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
      ])
      expect(['get', 'last', 'run', 'many'].map((name) => of(name, 'refused'))).toEqual([0, 0, 0, 0])
      // On one server whoever reads sees what was acknowledged.
      expect(['lostAcked', 'staleReads'].map((metric) => of('put', metric))).toEqual([0, 0])
      expect(of('ids', 'deduplicated')).toBeGreaterThan(0)
      expect(of('turn', 'conflicts')).toBe(0)
      for (const name of [...publishers, 'get', 'last', 'run', 'put', 'many'])
        expect(of(name, 'throughput'), name).toBeGreaterThan(0)
      expect(report?.health.filter(({ rule }) => rule === 'deduplicated')).toEqual([])
    },
  )

  test('every kind over the official packages is counted and proved', { timeout: 300_000 }, async ({ cli, expect }) => {
    const path = join(import.meta.dirname, '../../fixtures/scenarios/js-packages.json')
    const running = await cli.start('run', path, '--on', 'process')
    const { status, stderr } = await running.ended
    // Pass or cannot tell: what else it ended with has said why.
    expect([0, 2], stderr).toContain(status)
    const report = parseAs(reportSchema, await (await running.folder()).text('report.json'))
    expect(report, stderr).toMatchObject({ state: 'complete' })
    const all = report?.plan.scenario.workloads ?? []
    const of = (workload: string, metric: string) =>
      report?.summaries.find((each) => each.workload === workload && each.metric === metric)?.max
    const told = (metric: string, rule: (kind: keyof typeof kinds) => boolean) =>
      all.filter(({ kind }) => rule(kind)).map(({ name }) => [name, of(name, metric)])
    const zero = (rule: (kind: keyof typeof kinds) => boolean) =>
      all.filter(({ kind }) => rule(kind)).map(({ name }) => [name, 0])
    const storing = (kind: keyof typeof kinds) => kinds[kind].acknowledged
    expect(told('lostAcked', storing)).toEqual(zero(storing))
    const consuming = (kind: keyof typeof kinds) => kind === 'js-consume'
    for (const metric of ['undelivered', 'duplicates', 'reordered'])
      expect(told(metric, consuming), metric).toEqual(zero(consuming))
    const answered = (kind: keyof typeof kinds) => kinds[kind].refusable
    expect(told('refused', answered)).toEqual(zero(answered))
    // All of them worked, however busy the machine: each agent says at its end how much it got.
    const ends = parseDone(await (await running.folder()).text('recording.ndjson'))
    expect(all.filter(({ name }) => (ends.get(`${name}@use`) ?? 0) === 0)).toEqual([])
    expect(of('pull', 'redelivered')).toBeGreaterThan(0)
    expect(of('ids', 'deduplicated')).toBeGreaterThan(0)
    expect([of('turn', 'conflicts'), of('put', 'staleReads')]).toEqual([0, 0])
  })

  test('sync_interval is told as the server has it', { timeout: 300_000 }, async ({ cli, expect }) => {
    const path = join(cli.folder, 'durability.ts')
    const whole = join(import.meta.dirname, 'durability.ts')
    await writeFile(
      path,
      `import whole from '${whole}'\nexport default { ...whole, vary: { 'workloads.pub.window': [100] } }\n`,
    )
    const running = await cli.start(
      'run',
      path,
      '--on',
      'process',
      '--warmup',
      '0ms',
      '--measure',
      '200ms',
      '--repeats',
      '1',
    )
    await running.ended
    const report = parseAs(reportSchema, await (await running.folder()).text('report.json'))
    const told = report?.facts.streams?.map(({ variant, syncIntervalMs, syncAlways }) => [
      variant.split(' ')[0],
      syncIntervalMs,
      syncAlways,
    ])
    expect(told).toEqual([
      ['default', 120_000, false],
      ['10s', 10_000, false],
      ['always', expect.any(Number), true],
    ])
    const lost = report?.summaries.filter(({ metric }) => metric === 'lostAcked').map(({ max }) => max)
    expect(lost).toEqual([0, 0, 0])
  })
})
