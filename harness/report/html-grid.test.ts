import { expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { twoDimensions } from '../../fixtures/reports/shapes.ts'
import { gridTables } from './html-grid.ts'

const labels = (report: Parameters<typeof gridTables>[0]) =>
  gridTables(report).flatMap((row) =>
    row.kind === 'group' ? row.rows.map((each) => (each.kind === 'table' ? each.label : each.kind)) : [],
  )

it('a percentile that no variant of a grid has is no table of dashes', () => {
  const report = sampleReport(twoDimensions)
  expect(labels(report)).toEqual(['sub throughput', 'sub latency p50', 'sub latency p99'])
  const thin = report.summaries.map((each) => {
    if (each.metric !== 'latency.p99') return each
    const { median: _, ...rest } = each
    return rest
  })
  expect(labels({ ...report, summaries: thin })).toEqual(['sub throughput', 'sub latency p50'])
})
