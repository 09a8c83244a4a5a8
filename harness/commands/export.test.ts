import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { json } from '../report/json.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'))
  await writeFile(join(folder, 'report.json'), json(sampleReport({ histogram: humps })))
})
afterAll(() => rm(folder, { recursive: true }))

const bench = (...argv: readonly string[]) => benchHere(folder, ...argv)

it.each([
  ['customSmallerIsBetter', '[\n'],
  ['customBiggerIsBetter', '[\n'],
  ['bencher', '{\n  "fan-out/pub": {'],
  ['gobench', '# run 20261124-060000-sample'],
  ['hgrm', '#[Histogram = sub.latency, unit = microseconds]\n       Value     Percentile'],
  ['openmetrics', '# TYPE nats_bench_run_info gauge\n'],
  ['csv', 'run,at,scenario,'],
])('bench export %s prints the format and nothing else', async (format, beginning) => {
  const { status, out, err } = await bench('export', format, 'report.json')
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out.startsWith(beginning)).toBe(true)
})

it('prints one distribution alone, as plotters want it', async () => {
  const { status, out } = await bench('export', 'hgrm', 'report.json', '--only', 'pub.lag')
  expect(status).toBe(0)
  expect(out.match(/Value/g)).toEqual(['Value'])
  expect(out).toMatch(/^ +Value/)
})

it.each([
  { words: ['xml', 'report.json'], status: 64, says: 'Allowed choices are customSmallerIsBetter' },
  {
    words: ['csv', 'report.json', '--only', 'pub.lag'],
    status: 64,
    says: '--only must go with the format hgrm, got csv',
  },
  { words: ['hgrm', 'report.json', '--only', 'pub'], status: 66, says: 'sub.latency' },
  { words: ['csv'], status: 66, says: 'no run is stored there yet' },
])('refuses $words with status $status and says what there is', async ({ words, status, says }) => {
  const answer = await bench('export', ...words)
  expect(answer.status).toBe(status)
  expect(answer.out).toBe('')
  expect(answer.err).toContain(says)
})

it('refuses a distribution that contradicts itself, and names the file', async () => {
  const { histograms, ...rest } = sampleReport({ histogram: humps })
  const doubled = histograms.map((each) => ({ ...each, data: { ...each.data, total: 2 * each.data.total } }))
  await writeFile(join(folder, 'doubled.json'), json({ ...rest, histograms: doubled }))
  const { status, out, err } = await bench('export', 'hgrm', 'doubled.json')
  expect({ status, out }).toEqual({ status: 65, out: '' })
  expect(err).toContain(`in report ${join(folder, 'doubled.json')} must say what its buckets hold, got total`)
})

const ofNatsBench = [
  '#RunID,ClientID,MsgCount,MsgBytes,MsgsPerSec,BytesPerSec,DurationSecs,MinLatencyMicroSecs,AvgLatencyMicroSecs,MaxLatencyMicroSecs,P50LatencyMicroSecs,P90LatencyMicroSecs,P99LatencyMicroSecs,P99.9LatencyMicroSecs,StdDevLatencyMicroSecs',
  'xpiCeB3w815ZXLthdc756t,P0,6000,384000,148010,18945337.717666,0.020269,2230.949000,3348.512000,4539.136000,3240.596000,4539.136000,4539.136000,4539.136000,3451.712168',
].join('\n')

it.each(['hgrm', 'customSmallerIsBetter'])(
  'export %s of an import without such numbers is refused, not empty',
  async (format) => {
    await writeFile(join(folder, 'bench.csv'), ofNatsBench)
    const { status, out, err } = await bench('export', format, 'js-publish=bench.csv')
    expect({ status, out }).toEqual({ status: 66, out: '' })
    expect(err).toContain(`${format} must have something to write, the run has no number of that format`)
  },
)

it.each(['csv', 'gobench', 'openmetrics'])(
  'export %s of an import names no time, for its file has none',
  async (format) => {
    await writeFile(join(folder, 'bench.csv'), ofNatsBench)
    const { status, out } = await bench('export', format, 'js-publish=bench.csv')
    expect(status).toBe(0)
    expect(out).not.toMatch(/1970|run_time_seconds/)
  },
)

const all = ['customSmallerIsBetter', 'customBiggerIsBetter', 'bencher', 'gobench', 'hgrm', 'openmetrics', 'csv']

it.each(all)('export %s of a run without any number is refused, and says why there is none', async (format) => {
  const sample = sampleReport({ histogram: humps })
  const none = { summaries: [], histograms: [], measurements: [] }
  await writeFile(
    join(folder, 'failed.json'),
    json({ ...sample, ...none, state: 'failed', because: 'the server ended' }),
  )
  const { status, out, err } = await bench('export', format, 'failed.json')
  expect({ status, out }).toEqual({ status: 66, out: '' })
  expect(err).toContain(`${format} must have something to write, the run has no number at all`)
  expect(err).toContain('hint: its report says why: Failed: the server ended')
})

it('a run whose only numbers are the lag of its generator has nothing for benchstat', async () => {
  const sample = sampleReport({ histogram: humps })
  const measurements = sample.measurements.map((row) => ({
    ...row,
    values: row.values.map((value) => ({ ...value, lagged: true })),
  }))
  await writeFile(join(folder, 'lagged.json'), json({ ...sample, measurements }))
  expect(await bench('export', 'gobench', 'lagged.json')).toMatchObject({ status: 66, out: '' })
})
