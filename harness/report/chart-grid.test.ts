import { expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { loadChart } from './chart-grid.ts'

const path = 'workloads.pub.arrivals.perSecond'
const variants = Object.fromEntries([1, 2, 3, 4, 5].map((load) => [`load=${load}`, { [path]: load * 1000 }]))
const lows = [100, 110, 120, 200, 1e6]

it('a latency that is the generator own makes no point and no knee of latency against load', () => {
  const report = sampleReport({ variants })
  const summaries = report.summaries.map((row) => {
    const at = report.plan.variants.findIndex(({ name }) => name === row.variant)
    if (row.metric === 'throughput') return { ...row, median: (at + 1) * 1000 }
    if (!row.metric.startsWith('latency.')) return row
    return { ...row, median: 1e3 * (lows[at] ?? 0), ...(at === 4 ? { lagged: true as const } : {}) }
  })
  const chart = loadChart({ ...report, summaries }, 'sub', 'c0')
  expect(chart?.table.rows.map(({ at }) => at)).toEqual([1000, 2000, 3000, 4000])
  expect(chart?.rule).toBe(3000)
  expect(chart?.notes?.[1]).toMatch(/^Left out: 1 variant whose latency /)
})
