/**
 * Analysing long runs with 64 agents must stay fast. Here 20 seconds of such a run are analysed, from a real file. The limit is on CPU
 * time, which other programs on the machine change little, and is a multiple of what JSON.parse needs for the same lines, so that it
 * holds on a slow board too. Seen: 7 to 18 times on one core of an AMD EPYC, 39 times on FreeBSD in an emulator.
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import { Histogram } from '../agent/histogram.ts'
import { summarise } from '../stats/summarise.ts'
import { readRecording } from './recording.ts'

const agents = 64
const seconds = 20
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analysis-speed-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A second with 1,000 latencies from 60 µs to some ms; they fill about as many buckets as in a real run. */
function second() {
  const histogram = new Histogram()
  for (let i = 0; i < 1000; i++) histogram.record(Math.floor(60_000 + 4_000_000 * ((i * 0.618) % 1) ** 8 + 200 * i))
  return histogram.gaps()
}

it('analyses 64 agents in at most 100 times the CPU time of parsing their lines, and keeps every message', async () => {
  const path = join(folder, 'recording.ndjson')
  const lines = recording({ receivers: agents, blocks: 1, seconds, perSecond: 1000, latency: second() })
  await pipeline(
    Readable.from(lines).map((line) => `${JSON.stringify(line)}\n`),
    createWriteStream(path),
  )
  const text = await readFile(path, 'utf8')
  const { spent: parsing } = await cpuOf(() =>
    Promise.resolve(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ),
  )
  const { spent: analysing, result: report } = await cpuOf(() => summarise(readRecording(path)))
  const latency = report.histograms.find(({ name }) => name === 'latency')
  expect(latency?.data.total).toBe(agents * seconds * 1000)
  expect((await stat(path)).size).toBeGreaterThan(5e6)
  expect(analysing / parsing).toBeLessThan(100)
})

/** Does `work` → its result and the CPU time that it took, in microseconds. */
async function cpuOf<T>(work: () => Promise<T>): Promise<{ readonly spent: number; readonly result: T }> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { spent: user + system, result }
}
