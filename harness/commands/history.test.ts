import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { historyEntry } from '../report/history-entry.ts'
import { saveHistory } from '../store/history.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

const run = '20261124-060000-sample-ab12'
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'))
  await saveHistory(join(folder, 'reports'), { ...historyEntry(sampleReport({ histogram: humps }), 'x'), run })
})
afterAll(() => rm(folder, { recursive: true }))

const bench = (...argv: readonly string[]) => benchHere(folder, ...argv)

it('shows a metric that is stored', async () => {
  const { status, out } = await bench('history', '--metric', 'latency.p99')
  expect(status).toBe(0)
  expect(out).toContain('fan-out sub latency.p99 on bastille')
})

it('lists the metrics that are there for one that is not', async () => {
  const { status, err } = await bench('history', '--metric', 'bogus')
  expect(status).toBe(66)
  expect(err).toMatch(
    /^error: --metric must be one of the stored runs, got "bogus"\n {2}stored: .*latency\.p99, .*throughput/,
  )
  expect((await bench('history', '--metric', 'latnecy.p99')).err).toContain('(did you mean "latency.p99"?)')
})

it('lists the scenarios and hosts that are there for one that is not', async () => {
  const { status, err } = await bench('history', 'nothing', '--metric', 'throughput')
  expect(status).toBe(66)
  expect(err).toContain(
    'a complete run of nothing must be stored, got none\n  stored scenarios: fan-out\n  stored hosts: ',
  )
  expect((await bench('history', '--host', 'mars')).err).toContain('a complete run on mars must be stored, got none')
})

it('lists nothing of an empty folder', async () => {
  const { status, err } = await bench('history', '--out', 'empty')
  expect(status).toBe(66)
  expect(err).toMatch(/^error: a complete run must be stored, got none\nhint: pnpm bench run/)
})

it('keeps numbers of different units apart, and draws whatever number it is given', async () => {
  const entry = historyEntry(sampleReport({ histogram: humps }), 'x')
  const of = (metric: string, median: number, unit: 'ns' | 'count') =>
    entry.metrics.slice(0, 1).map((each) => ({ ...each, metric, median, unit }))
  const root = join(folder, 'units')
  await saveHistory(root, { ...entry, run: '20261124-060001-sample-ab12', metrics: of('m', 1e308, 'ns') })
  await saveHistory(root, { ...entry, run: '20261124-060002-sample-ab12', metrics: of('m', 5, 'count') })
  const { status, out } = await bench('history', '--metric', 'm', '--out', 'units')
  expect(status).toBe(0)
  expect(out).toMatch(/\]\sin ns\n.*█\n\n.*\]\sin count\n.* 5 {2}█/)
})

it.each(['--metric', '--host'])('says that %s has nothing in the place of its word', async (option) => {
  const { status, err } = await bench('history', option, '')
  expect(status).toBe(64)
  expect(err).toMatch(new RegExp(`^error: ${option} must be .*, got an empty word`))
})

it('cuts a version that is far too long, and keeps those of the other runs', async () => {
  const entry = historyEntry(sampleReport({ histogram: humps }), 'x')
  const root = join(folder, 'long')
  const versions = ['2.15.2', 'v'.repeat(400), '2.15.1, 2.15.2']
  for (const [i, version] of versions.entries())
    await saveHistory(root, { ...entry, run: `20261124-06000${i}-sample-ab12`, version })
  const { out } = await bench('history', '--out', 'long')
  expect(out).toMatch(/UTC {2}2\.15\.2 .*\n.*UTC {2}v{15}… .*\n.*UTC {2}2\.15\.1, 2\.15\.2 /)
})
