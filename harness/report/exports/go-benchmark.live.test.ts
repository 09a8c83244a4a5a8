/** The real benchstat reads what we write. `go install golang.org/x/perf/cmd/benchstat@latest` puts it on the PATH. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { sampleReport } from '../../../fixtures/reports/build.ts'
import { hostileReport } from '../../../fixtures/reports/hostile.ts'
import { recordedReport } from '../../../fixtures/reports/recorded.ts'
import type { Report } from '../../model/report.ts'
import { goBenchmark } from './go-benchmark.ts'

const run = promisify(execFile)
const program = process.env['BENCHSTAT'] ?? 'benchstat'
const there = await run(program, ['-h'], { timeout: 10_000 }).then(
  () => true,
  // it answers -h with its usage and status 2 or 0, depending on the version
  (error: unknown) => error instanceof Error && 'stderr' in error && String(error.stderr).includes('benchstat'),
)
const reason = `${program} is not on the PATH: go install golang.org/x/perf/cmd/benchstat@latest, or set BENCHSTAT`

async function benchstat(reports: Readonly<Record<string, Report>>): Promise<{ stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'benchstat-'))
  try {
    const names = Object.keys(reports)
    await Promise.all(
      names.map((name) => writeFile(join(folder, name), goBenchmark(reports[name] ?? expect.fail(name)))),
    )
    return await run(program, ['-format', 'csv', ...names], { cwd: folder, timeout: 30_000 })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Lines that benchstat could not read are told on stderr as `file:line: what`. */
const unread = /^\S+:\d+: (missing|parsing|expected|metadata|invalid)/m

it('benchstat reads every line, also of recorded reports and of hostile names', async ({ skip }) => {
  skip(!there, reason)
  for (const report of [
    sampleReport(),
    recordedReport('latency'),
    recordedReport('payload-sizes'),
    hostileReport({ repeats: 6 }),
  ]) {
    const { stdout, stderr } = await benchstat({ head: report })
    expect(stderr).not.toMatch(unread)
    expect(stdout).toContain('throughput-msg/s')
    const samples = report.measurements.filter(({ metric }) => metric === 'throughput')
    const rows = stdout.slice(stdout.indexOf('throughput-msg/s')).split('\n\n')[0]?.split('\n') ?? []
    const variants = report.plan.variants.filter(({ name }) =>
      samples.some(({ values }) => values.some((v) => v.variant === name)),
    )
    // the line of units, one line a workload and variant that has values, the geometric mean
    const wanted = samples.reduce(
      (sum, { values }) =>
        sum + variants.filter(({ name }) => values.some((v) => v.variant === name && v.value !== undefined)).length,
      0,
    )
    expect(rows.filter((row) => row !== '' && !row.startsWith('geomean')).length - 1).toBe(wanted)
  }
})

it('benchstat finds the same median, and a head that is a third slower', async ({ skip }) => {
  skip(!there, reason)
  const base = sampleReport({ repeats: 10, factor: () => 1 })
  const { stdout } = await benchstat({ base, head: sampleReport({ repeats: 10, factor: () => 1.5 }) })
  const row = stdout
    .slice(stdout.indexOf(',throughput-msg/s'))
    .split('\n')
    .find((line) => line.startsWith('Fan-out/sub'))
  const [, median, , slower, , change, p] = row?.split(',') ?? []
  const values = base.measurements
    .find(({ workload, metric }) => workload === 'sub' && metric === 'throughput')
    ?.values.map(({ value = 0 }) => value)
    .sort((a, b) => a - b)
  expect(Number(median)).toBeCloseTo(((values?.[4] ?? 0) + (values?.[5] ?? 0)) / 2, 0)
  expect(Number(slower) / Number(median)).toBeCloseTo(1 / 1.5, 3)
  expect(change).toBe('-33.33%')
  expect(p).toMatch(/^p=0\.000/)
})
