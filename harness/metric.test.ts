/** A metric is one entry of model/metric-table.ts: one more is put there, and must be found wherever metrics are. */
import { describe, expect, it, vi } from 'vitest'
import { samplePlan } from '../fixtures/reports/plan.ts'
import { sampleReport } from '../fixtures/reports/build.ts'
import { noCounts } from './stats/agent-fold.ts'
import type { BlockResult } from './stats/block-result.ts'
import { compareRuns } from './stats/compare-runs.ts'
import { measurements, summaries } from './stats/measure.ts'
import type { Report } from './model/report.ts'
import { metricWords } from './model/metric.ts'
import { checkScenario } from './scenario/check.ts'
import { jsonSchema } from './scenario/schema.ts'
import { compareHtml, compareTerminal } from './report/compare-page.ts'
import { bencher } from './report/exports/bencher.ts'
import { csv } from './report/exports/csv.ts'
import { customSmallerIsBetter } from './report/exports/custom-benchmark.ts'
import { goBenchmark } from './report/exports/go-benchmark.ts'
import { openMetrics } from './report/exports/open-metrics.ts'
import { html } from './report/html.ts'
import { markdown } from './report/markdown.ts'
import { terminal } from './report/terminal.ts'
import { marginOf } from './verdict/margins.ts'

vi.mock(import('./model/metric-table.ts'), async (original) => {
  const actual = await original()
  const added = {
    label: 'cost in pence',
    unit: 'us/msg',
    better: 'lower',
    about: 'pence for each message',
    method: { id: 'pence', title: 'Pence', text: 'Counted from a purse.' },
    of: ({ verb }: { verb: string }) => verb === 'publishes',
    value: ({ perSecond }: { perSecond?: number }) => (perSecond === undefined ? undefined : perSecond / 2),
    views: ['first', 'variants', 'blocks', 'compare', 'check', 'history', 'trend'],
  } as const
  return { ...actual, table: { ...actual.table, 'pence.perMessage': added } }
})

const metric = 'pence.perMessage'

function measuredReport(factor = 1): Report {
  const plan = samplePlan({})
  const blocks = plan.blocks.map(({ index, variant }): BlockResult => ({
    index,
    variant,
    outcome: 'ok',
    workloads: plan.scenario.workloads.map(({ name, kind }) => ({
      name,
      kind,
      distributions: new Map(),
      perSecond: 84 * factor,
      memoryBytes: 0,
      agents: [],
      connections: 1,
      sent: 0,
      lagged: [],
      totals: noCounts,
      loopLagMaxNs: 0,
    })),
    nodes: [],
    servers: [],
    thermals: [],
    failures: [],
    silent: [],
    clockOffsets: new Map(),
    clocks: [],
    losses: [],
    faultsBegun: 0,
    faultTimes: [],
    networks: [],
    disks: [],
    effects: [],
    cutOffs: [],
    strayFrames: 0,
    contradictions: [],
  }))
  const rows = measurements(blocks)
  const names = plan.variants.map(({ name }) => name)
  return { ...sampleReport(), measurements: rows, summaries: summaries(rows, names) }
}

function problemsOfLimit(workload: string, atMost: string | number) {
  const { scenario } = measuredReport().plan
  const checked = checkScenario({ ...scenario, limits: [{ workload, metric, atMost }] })
  return checked.ok ? [] : checked.problems.map(({ message }) => message)
}

describe('a metric added by one entry', () => {
  const report = measuredReport()

  it('is measured for the kinds that have it and for no other', () => {
    const rows = report.measurements.filter((row) => row.metric === metric)
    expect(rows.map(({ workload, unit, better }) => [workload, unit, better])).toEqual([['pub', 'us/msg', 'lower']])
    expect(rows[0]?.values[0]?.value).toBe(42)
  })

  it('stands in the terminal and in Markdown by its label, in HTML with how it is made', async () => {
    expect(terminal(report, { color: false, columns: 120 })).toMatch(/cost in pence +42\.0 µs\/msg/)
    expect(markdown(report)).toMatch(/cost in pence \| \*\*42\.0 µs\/msg\*\*/)
    const page = await html(report)
    expect(page).toContain(`<a href="#m-pence">${metric}</a>`)
    expect(page).toContain('Counted from a purse.')
  })

  it('can be limited where it is measured, in its unit', () => {
    expect(problemsOfLimit('pub', 50)).toEqual([])
    expect(problemsOfLimit('pub', '5ms')).toEqual([expect.stringContaining('must be a number')])
    expect(problemsOfLimit('sub', 50)).toEqual([expect.stringContaining('must be one that a subscribe workload has')])
  })

  it('is compared and judged', () => {
    const comparison = compareRuns([report, measuredReport(2)])
    expect(compareTerminal(comparison, { color: false, columns: 120 })).toMatch(new RegExp(`pub ${metric} +42`))
    expect(compareHtml(comparison)).toBeDefined()
    expect(marginOf({ metric, unit: 'us/msg' })).toBe(0.03)
  })

  it('is in every export of numbers', () => {
    expect(openMetrics(report)).toContain('# HELP nats_bench_pence_seconds_per_message pence for each message')
    expect(bencher(report)).toContain('"pence-per-message"')
    expect(csv(report)).toContain(`,pub,${metric},us/msg,lower,`)
    expect(goBenchmark(report)).toContain('Unit pence-ns/msg better=lower')
    expect(customSmallerIsBetter(report)).toContain(`pub ${metric}`)
  })

  it('is offered by the JSON Schema of scenarios and named where metrics are listed', () => {
    expect(JSON.stringify(jsonSchema('scenario'))).toContain(`"${metric}"`)
    expect(metricWords).toContain(metric)
  })
})
