/** All variants beside each other: a row a variant, the numbers that tell them apart. */
import { metricsOf } from '../model/metric.ts'
import type { Report } from '../model/report.ts'
import { mainWorkload } from './headline.ts'
import { ratioText } from './comparing.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf } from './methods.ts'
import { medianText, metricNames, summaryOf, variantNames } from './reading.ts'
import { outcomeMarks } from './style-text.ts'
import { metricLabel } from './terminal-metrics.ts'

export function variantsTable(report: Report): Markup {
  const workload = mainWorkload(report)
  const there = metricNames(report, workload)
  const metrics = metricsOf('variants').filter((metric) => there.includes(metric))
  const cell = (variant: string, metric: string): Markup => {
    const found = report.verdict.findings.find(
      ({ about, rule, outcome }) =>
        rule === 'limit' && outcome === 'fail' && about === `${workload} ${metric} [${variant}]`,
    )
    const summary = summaryOf(report, workload, metric, variant)
    const text = medianText(summary)
    const ratio = summary?.ratio
    const over =
      ratio === undefined ? '' : h`<br><small title="over ${ratio.over}, of paired blocks">${ratioText(ratio)}</small>`
    return found === undefined ? h`<td>${text}${over}` : h`<td class="fail">${outcomeMarks.fail} ${text}${over}`
  }
  return h`<div class="scroll" tabindex="0" role="region" aria-label="Variants"><table class="overview"><caption>${workload}, a row a variant</caption><thead><tr><th scope="col">variant${metrics.map((m) => h`<th scope="col"><a href="#m-${methodOf(m)}">${metricLabel(m)}</a>`)}<tbody>${variantNames(
    report,
  ).map((variant) => h`<tr><th scope="row">${variant}${metrics.map((metric) => cell(variant, metric))}`)}</table></div>`
}
