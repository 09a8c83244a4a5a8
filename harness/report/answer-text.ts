/** The answer of a check or a curve as each kind of report says it, first of all. */
import { remarks } from '../model/remarks.ts'
import type { Outcome, Report } from '../model/report.ts'
import { checkMarkdown, checkOutcomes, checkTable, checkTerminal } from './check-text.ts'
import { curveText } from './curve-text.ts'
import { quantity } from './format.ts'
import { codeBlock } from './markdown-text.ts'
import { h, type Markup } from './markup.ts'
import { outcomeMarks } from './style-text.ts'
import { terminal, type TerminalOptions } from './terminal.ts'

/** Of a check or curve its answer; of any other run its numbers. */
export function resultText(report: Report, options: TerminalOptions): string {
  const { check, curve } = report
  if (check !== undefined) return `${checkTerminal(checkOf(report, check), options)}\n`
  return curve === undefined ? terminal(report, options) : `${curveText(told(report, curve), options.columns)}\n`
}

/** Empty for a run that is neither. */
export function answerMarkdown(report: Report): string {
  const { check, curve } = report
  if (check !== undefined) return checkMarkdown([checkOf(report, check)]).trim()
  return curve === undefined ? '' : codeBlock('', curveText(told(report, curve), 100))
}

/** Nothing for a run that is neither. `chart`: latency against load, of a curve. */
export function answerHtml(report: Report, chart?: Markup): Markup | undefined {
  const { check, curve } = report
  if (check !== undefined) {
    return h`<section class="answer"><h3>Check: base ${check.base}, head ${check.head}</h3>${table(
      checkTable(checkOf(report, check)),
      check.rows.map(({ answer }) => checkOutcomes[answer]),
    )}
<ul>${check.rows.filter(({ answer }) => answer !== 'same').map(({ because, workload, metric }) => h`<li>${workload} ${metric}: ${because}`)}</ul></section>`
  }
  if (curve === undefined) return undefined
  const rows = curve.rungs.map(({ share, perSecond, p50Ns, p99Ns }) => [
    `${Math.round(share * 100)} %`,
    quantity(perSecond, 'msg/s'),
    quantity(p50Ns, 'ns'),
    quantity(p99Ns, 'ns'),
  ])
  return h`<section class="answer"><h3>Highest sustainable rate: ${quantity(curve.sustainable, 'msg/s')}</h3><p>${curve.because}</p><div class="beside">${chart}${table([['load', 'rate', 'p50', 'p99'], ...rows])}</div></section>`
}

/** `outcomes`: a row each; it colours the last cell. */
function table([head = [], ...rows]: readonly (readonly string[])[], outcomes: readonly Outcome[] = []): Markup {
  return h`<div class="scroll" tabindex="0" role="region" aria-label="Answer"><table class="overview"><thead><tr>${head.map((cell) => h`<th scope="col">${cell}`)}<tbody>${rows.map(
    ([first = '', ...cells], r) =>
      h`<tr><th scope="row">${first}${cells.map((cell, i) => (i === cells.length - 1 && outcomes[r] !== undefined ? h`<td class="${outcomes[r]}">${outcomeMarks[outcomes[r]]} ${cell}` : h`<td>${cell}`))}`,
  )}</table></div>`
}

function checkOf({ plan, verdict, health }: Report, check: NonNullable<Report['check']>) {
  return { scenario: plan.scenario.name, ...check, verdict, remarks: remarks(health) }
}

function told({ plan, verdict, health }: Report, curve: NonNullable<Report['curve']>) {
  return { scenario: plan.scenario.name, ...curve, ...verdict, remarks: remarks(health) }
}
