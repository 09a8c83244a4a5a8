import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { comparisonSchema } from '../model/comparison.ts'
import { list } from '../model/json.ts'
import { json, jsonList } from '../report/json.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-'))
  const fixtures = fileURLToPath(new URL('../../fixtures/imports/', import.meta.url))
  await Promise.all(['a', 'b'].map((name) => mkdir(join(folder, name))))
  await Promise.all([
    copyFile(join(fixtures, 'natscli-bom.csv'), join(folder, 'pubsub.csv')),
    copyFile(join(fixtures, 'natscli-0.5.1-service.csv'), join(folder, 'a', 'req.csv')),
    copyFile(join(fixtures, 'natscli-0.5.1-service.csv'), join(folder, 'b', 'req.csv')),
    copyFile(join(fixtures, 'natscli-0.5.1-js-async.csv'), join(folder, 'async.csv')),
    copyFile(join(fixtures, 'natscli-0.5.1-js-batch.csv'), join(folder, 'batch.csv')),
    copyFile(join(fixtures, 'omb.json'), join(folder, 'omb.json')),
    writeFile(join(folder, 'ours.json'), json(sampleReport())),
  ])
})
afterAll(() => rm(folder, { recursive: true }))

const bench = (...argv: readonly string[]) => benchHere(folder, 'compare', ...argv)
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

describe('bench compare of files of other tools', () => {
  it('puts them beside a run of ours, row by row, with a ratio', async () => {
    const { status, out } = await bench('ours.json', 'pubsub.csv')
    expect(status).toBe(0)
    expect(out).toMatch(/^ {2}pub throughput +[\d.]+ k msg\/s +1\.40 M msg\/s +×\d/m)
    expect(out).toMatch(/^ {2}sub throughput +[\d.]+ k msg\/s +812 k msg\/s +×\d/m)
    expect(out).toContain('imported from natscli, file pubsub.csv')
    expect(out).not.toMatch(/process|\[default\]|\[imported\]/)
  })

  it('shows their latencies and says what is to be known of them, in the terminal, as JSON and as a page', async () => {
    const page = join(folder, 'compare.html')
    const { out } = await bench('omb.json', 'omb.json', '--html', page)
    expect(out).toMatch(/sub service\.p99 +3\.00 ms/)
    expect(flat(out)).toContain('omb.json: imported from the OpenMessaging Benchmark: latency not comparable')
    expect(out).not.toContain('its own report')
    const asJson = await bench('a/req.csv', 'b/req.csv', '--json')
    expect(asJson.out).toContain('req.csv: its messages have 128 bytes')
    expect(asJson.out).toContain('"rttService.p99"')
    const [comparison] = list(comparisonSchema).parse(JSON.parse(asJson.out))
    expect(comparison?.rows[0]?.ratios).toHaveLength(2)
    expect(await readFile(page, 'utf8')).toContain('latency not comparable')
  })

  it('reads the list that --json prints where it has one run, and says so where it has several', async () => {
    await writeFile(join(folder, 'list.json'), jsonList([sampleReport()]))
    await writeFile(join(folder, 'two.json'), jsonList([sampleReport(), sampleReport()]))
    expect((await bench('ours.json', 'list.json')).status).toBe(0)
    const { status, err } = await bench('ours.json', 'two.json')
    expect(status).toBe(65)
    expect(err).toContain('two.json must be of one run, it lists 2')
  })

  it('names a kind, a name and a file that are not there', async () => {
    expect((await bench('js-pub=async.csv', 'ours.json')).err).toContain(
      'the kind of async.csv must be one of workloads',
    )
    expect((await bench('js-publish:Mine=async.csv', 'ours.json')).err).toContain('must be 1 to 32 lower-case letters')
    expect((await bench('js-publish=gone.csv', 'ours.json')).err).toContain('gone.csv must be there')
  })

  it('gives two files of one name two names, and one file twice as well', async () => {
    const { out } = await bench('a/req.csv', 'b/req.csv', '--json')
    expect(out).toContain('"label": "a/req.csv"')
    expect(out).toContain('"label": "b/req.csv"')
    const twice = await bench('a/req.csv', 'a/req.csv', '--json')
    expect(twice.out).toContain('"label": "a/req.csv #2"')
  })

  it('has one row for publishes of JetStream with one acknowledgement a message and with one a batch', async () => {
    const { out } = await bench('async.csv', 'batch.csv')
    expect(out).toMatch(/pub throughput +148 k msg\/s +18\.3 k msg\/s +×0\.12/)
    expect(out).not.toContain('req throughput')
  })

  it('sets files that are said to be of a kind beside others of it by name', async () => {
    const { out } = await bench('js-publish=async.csv', 'js-publish=batch.csv')
    expect(out).toMatch(/pub throughput +148 k msg\/s +18\.3 k msg\/s +×0\.12/)
    expect(flat(out)).toContain('taken as js-publish, as was said')
    const apart = await bench('js-publish:mine=async.csv', 'js-publish=batch.csv')
    expect(apart.out).toMatch(/mine throughput/)
    expect(apart.out).not.toMatch(/throughput.*×/)
    const other = await bench('js-publish=async.csv', 'batch.csv')
    expect(other.out).not.toMatch(/throughput.*×/)
    const wrong = await bench('js-get=async.csv', 'batch.csv')
    expect(wrong).toMatchObject({ status: 65 })
    expect(wrong.err).toContain('must have clients that receive (S0 ...) to be taken as js-get, got P0')
  })

  it('keeps workloads of one name and two kinds apart', async () => {
    const report = sampleReport()
    const workloads = report.plan.scenario.workloads.map((w) => ({ ...w, name: w.name === 'pub' ? 'sub' : 'pub' }))
    const scenario = { ...report.plan.scenario, workloads }
    await writeFile(join(folder, 'turned.json'), json({ ...report, plan: { ...report.plan, scenario } }))
    const { out } = await bench('turned.json', 'pubsub.csv')
    expect(out).not.toMatch(/throughput.*×/)
  })

  it('does not blame another tool for a file that is of none, or of another version of ours', async () => {
    await writeFile(join(folder, 'perf-test.json'), '{"scenario-1": {"send-msg-rate": 8935.9, "samples": []}}')
    await writeFile(join(folder, 'schema2.json'), '{"schema":2,"run":"20270101-000000-x-abcd","measurements":[]}')
    const { status, err } = await bench('perf-test.json', 'perf-test.json')
    expect(status).toBe(65)
    expect(err).toContain('perf-test.json is of no tool known here')
    const other = await bench('schema2.json', 'schema2.json')
    expect(other.err).toContain('is a report of schema 2, this harness reads schema 1')
  })
})
