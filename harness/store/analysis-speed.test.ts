/**
 * Analysing an hour of 64 agents must stay a matter of seconds: here 20 seconds of them, from a real file. What is bounded is
 * CPU time, which other programs on the machine do not use up, ten times what it took when
 * this was written (8 ms on one core of an AMD EPYC, warming up included).
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
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

/** A second of 1,000 latencies from 60 µs to some ms, which fill about as many buckets as those of a real run. */
function second() {
  const histogram = new Histogram()
  for (let i = 0; i < 1000; i++) histogram.record(Math.floor(60_000 + 4_000_000 * ((i * 0.618) % 1) ** 8 + 200 * i))
  return histogram.gaps()
}

it('analyses a second of 64 agents in at most 80 ms of CPU, and keeps every message', async () => {
  const path = join(folder, 'recording.ndjson')
  const lines = recording({ receivers: agents, blocks: 1, seconds, perSecond: 1000, latency: second() })
  await pipeline(
    Readable.from(lines).map((line) => `${JSON.stringify(line)}\n`),
    createWriteStream(path),
  )
  const before = process.cpuUsage()
  const report = await summarise(readRecording(path))
  const { user, system } = process.cpuUsage(before)
  const latency = report.histograms.find(({ name }) => name === 'latency')
  expect(latency?.data.total).toBe(agents * seconds * 1000)
  expect((await stat(path)).size).toBeGreaterThan(5e6)
  expect((user + system) / 1000 / seconds).toBeLessThan(80)
})
