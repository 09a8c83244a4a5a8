/** `report.html`: one file without network; every number is in its tables, so it loses nothing without its script. */
import type { Report } from '../model/report.ts'
import type { Chart } from './chart.ts'
import type { Draw } from './draw.ts'
import { makeDraw } from './draw.ts'
import { figure } from './figure.ts'
import { answerHtml } from './answer-text.ts'
import { behind } from './html-behind.ts'
import { chartsOf, loadChartsOf } from './html-charts.ts'
import { headlineVariant, mainWorkload } from './headline.ts'
import { badge, firstScreen } from './html-first.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodsSection } from './methods.ts'
import { page } from './page.ts'
import { latencyOf, summaryOf, medianText } from './reading.ts'

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
  const figures = (charts: readonly Chart[]): Markup =>
    h`<div class="charts">${charts.map((chart) => figure(chart, draw))}</div>`
  // what a curve is made for stands before what is told of every run
  const load = loadChartsOf(report, id)
  const isCurve = report.curve !== undefined
  const answer = answerHtml(report, isCurve ? figures(load) : undefined)
  return h`<section class="report" aria-labelledby="${id}">${firstScreen(report, id, answer)}
<h3>Charts</h3>${figures([...(isCurve ? [] : load), ...chartsOf(report, id)])}
${behind(report, id)}</section>`
}

function overview(reports: readonly Report[]): Markup {
  return h`<div class="scroll" tabindex="0" role="region" aria-label="Overview"><table class="overview"><thead><tr><th scope="col">scenario<th scope="col">verdict<th scope="col">workload<th scope="col">throughput<th scope="col">p50<th scope="col">p99<th scope="col">p99.9<th scope="col">lost<tbody>${reports.map(
    (report, i) => row(report, `r${i}`),
  )}</table></div>`
}

function row(report: Report, id: string): Markup {
  const variant = headlineVariant(report)
  const main = mainWorkload(report)
  const latency = latencyOf(report, main) ?? 'latency'
  const cell = (metric: string): string => {
    const found = summaryOf(report, main, metric, variant)
    return medianText(found)
  }
  const several = report.plan.variants.length > 1 ? ` (${variant})` : ''
  return h`<tr><th scope="row"><a href="#${id}">${report.plan.scenario.name}</a><td>${badge(report)}<td>${main}${several}${['throughput', `${latency}.p50`, `${latency}.p99`, `${latency}.p99.9`, 'loss'].map((m) => h`<td>${cell(m)}`)}`
}
