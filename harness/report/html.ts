/** `report.html`: one file without network; every number is in its tables, so it loses nothing without its script. */
import type { Report } from '../model/report.ts'
import type { Draw } from './draw.ts'
import { makeDraw } from './draw.ts'
import { headlineVariant, mainWorkload } from './headline.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodsSection } from './methods.ts'
import { page } from './page.ts'
import { latencyOf, summaryOf, toldText } from './reading.ts'
import { columnsOf, outcomeCell } from './rows.ts'
import { rowsHtml } from './rows-html.ts'
import { runPage } from './run-page.ts'
import { tableHtml } from './table-html.ts'

export function html(report: Report): Promise<string> {
  return htmlSuite([report])
}

/** Several reports on one page, with an overview first. */
export async function htmlSuite(reports: readonly Report[]): Promise<string> {
  const draw = await makeDraw()
  const [only] = reports
  const single = reports.length === 1 && only !== undefined
  const title = single ? `${only.plan.scenario.name} · NATS benchmark` : `${reports.length} scenarios · NATS benchmark`
  const body = h`<h1${single ? h` class="small"` : undefined}>${single ? 'NATS benchmark report' : `NATS benchmark: ${reports.length} scenarios`}</h1>
${single ? undefined : overview(reports)}
${reports.map((report, i) => section(report, `r${i}`, draw))}
${methodsSection()}`
  return page(title, body)
}

function section(report: Report, id: string, draw: Draw): Markup {
  return h`<section class="report" aria-labelledby="${id}">${rowsHtml(runPage(report, id).flat(), draw)}</section>`
}

function overview(reports: readonly Report[]): Markup {
  const rows = reports.map((report, i) => {
    const variant = headlineVariant(report)
    const main = mainWorkload(report)
    const latency = latencyOf(report, main) ?? 'latency'
    const several = report.plan.variants.length > 1 ? ` (${variant})` : ''
    const metrics = ['throughput', `${latency}.p50`, `${latency}.p99`, `${latency}.p99.9`, 'loss']
    return [
      { text: report.plan.scenario.name, href: `#r${i}` },
      outcomeCell(report.verdict.outcome),
      `${main}${several}`,
      ...metrics.map((metric) => toldText(summaryOf(report, main, metric, variant))),
    ]
  })
  const heads = ['scenario', 'verdict', 'workload', 'throughput', 'p50', 'p99', 'p99.9', 'lost']
  return tableHtml({ kind: 'table', label: 'Overview', columns: columnsOf(heads, rows, ['verdict', 'workload']) })
}
