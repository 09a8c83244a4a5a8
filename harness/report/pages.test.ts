/** Every page in every medium, as it is today: what changes here changes for readers. */
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { checkedReport, curveReport, twoDimensions } from '../../fixtures/reports/shapes.ts'
import { compareRuns } from '../stats/compare-runs.ts'
import { compareHtml, compareTerminal } from './compare-page.ts'
import { historyEntry } from './history-entry.ts'
import { historyTerminal, seriesOf } from './history-page.ts'
import { html } from './html.ts'
import { indexHtml } from './index-html.ts'
import { markdown } from './markdown.ts'
import { resultText } from './terminal.ts'

const options = { color: false, columns: 100 }
const run = sampleReport({ histogram: humps })
const reports = { run, variants: sampleReport(twoDimensions), check: checkedReport(), curve: curveReport() }
const comparison = compareRuns([run, { ...reports.check, run: 'other' }], ['A', 'B'])
const history = Array.from({ length: 12 }, (_, i) => {
  const entry = historyEntry(run, `run-${i}/report.html`)
  const at = new Date(1.7e12 + i * 36e5).toISOString()
  const metrics = entry.metrics.map((m) => ({
    ...m,
    median: m.median * (i > 5 ? 1.5 : 1) * (1 + 0.01 * Math.sin(i * 7.3)),
  }))
  return { ...entry, run: `run-${i}`, at, metrics }
})

/** What is read, a tag a line; charts, script and style have tests of their own. */
const readable = (page: string): string =>
  page
    .replace(/<(script|style|svg|dl|figure|pre)[\s>][^]*?<\/\1>/g, '')
    .replace(/<meta[^>]*>/g, '')
    .replaceAll(/></g, '>\n<')

describe.each(Object.entries(reports))('the page of %s', (_, report) => {
  it('in a terminal', () => expect(resultText(report, options)).toMatchSnapshot())
  it('in Markdown', () => expect(markdown(report)).toMatchSnapshot())
  it('in HTML', async () => expect(readable(await html(report))).toMatchSnapshot())
})

describe('the page of a comparison', () => {
  it('in a terminal', () => expect(compareTerminal(comparison, options)).toMatchSnapshot())
  it('in HTML', async () => expect(readable(await compareHtml(comparison))).toMatchSnapshot())
})

describe('the page of a history', () => {
  const series = seriesOf(history, ({ metric }) => metric === 'latency.p99')
  it('in a terminal', () => expect(historyTerminal(series, options)).toMatchSnapshot())
  it('in HTML', () => expect(readable(indexHtml(history))).toMatchSnapshot())
  it('says from what to what a count changed that was nothing before: in percent it would be infinite', () => {
    const counts = history.map((entry, i) => ({
      ...entry,
      metrics: [
        { workload: 'sub', variant: 'default', metric: 'loss', unit: 'count' as const, better: 'lower' as const },
      ].map((metric) => ({ ...metric, median: i > 5 ? 5000 : 0 })),
    }))
    const lines = historyTerminal(
      seriesOf(counts, () => true),
      options,
    ).split('\n')
    expect(lines.find((line) => line.includes('change point'))).toMatch(/◀ change point \(from 0 to 5,?000\)$/)
    expect(lines.filter((line) => line.includes('█'))).toHaveLength(6)
  })
})
