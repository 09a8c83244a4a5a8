/** The page of a run, of a check and of a curve: the same rows for terminal, Markdown and HTML, each in the order in which it is read. */
import { remarks } from '../model/remarks.ts'
import type { Report } from '../model/report.ts'
import { checkAnswer } from './check-page.ts'
import { curveAnswer } from './curve-page.ts'
import { faultTable } from './fault-table.ts'
import { headlineVariant, healthText, mainWorkload, toldFindings, verdictText } from './headline.ts'
import { chartsOf, loadChartsOf } from './html-charts.ts'
import { gridTables } from './html-grid.ts'
import { headlineTiles } from './html-tiles.ts'
import { codeBlock } from './markdown-text.ts'
import { h } from './markup.ts'
import { mermaid } from './mermaid.ts'
import {
  circumstances,
  limiterTexts,
  missingTails,
  outcomeWords,
  variantNames,
  workloadNames,
  worries,
} from './reading.ts'
import { findingRows, heading, note, only, part, sentence, type Page, type Row } from './rows.ts'
import { markdownMarks } from './rows-markdown.ts'
import { behindRows, repeatRows } from './run-behind.ts'
import { floorRows, numberRows, variantsTable } from './run-numbers.ts'
import { topologyPicture } from './topology-svg.ts'
import { topologyOf } from './topology.ts'

/** `id`: of this report on a page of several. */
export function runPage(report: Report, id = 'r0'): Page {
  const { scenario } = report.plan
  const isAnswer = report.check !== undefined || report.curve !== undefined
  const where: Row = { kind: 'sentence', text: circumstances(report).join(' · '), quiet: true }
  const shown = headlineVariant(report)
  const open = findingRows(worries(report.verdict.findings))
  const bottleneck = limiterTexts(report).map((text): Row => ({ kind: 'sentence', label: 'Bottleneck', text }))
  return [
    [
      ...only(['terminal', 'html'], heading(1, scenario.name, scenario.about, id)),
      ...only(['markdown'], heading(1, titleOf(report)), sentence(scenario.about)),
      ...only(['terminal', 'markdown'], where),
    ],
    only(['markdown', 'html'], ...verdictRows(report)),
    only(['markdown', 'html'], ...answerRows(report, id)),
    only(['html'], ...firstFindings(report, id)),
    only(['html'], ...firstNumbers(report, shown), where, {
      kind: 'drawn',
      html: h`${topologyPicture(topologyOf(report, shown), `${id}-topology`)}<div class="why"><h3><a href="#m-limit">Bottleneck</a></h3>${limiterTexts(report).map((text) => h`<p>${text}</p>`)}</div>`,
    }),
    only(['html'], heading(2, 'Charts'), ...chartRows(report, id, isAnswer)),
    only(['markdown'], ...open, ...bottleneck, heading(2, 'Numbers')),
    only(['html'], heading(2, 'All numbers', undefined, `${id}-numbers`)),
    ...workloadNames(report).map((name) => [numberRows(report, name)]),
    floorRows(report),
    missingRows(report),
    only(['markdown', 'html'], ...faultRows(report, id)),
    only(['terminal'], ...bottleneck),
    toldRows(report),
    only(['terminal'], ...verdictRows(report)),
    only(['markdown'], ...topologyRows(report), ...healthRows(report), ...repeatRows(report)),
    only(['html'], ...behindRows(report, id)),
  ]
}

/** What one must know beside the numbers; how the run ended early is said in the verdict. */
export function toldRows(report: Report): readonly Row[] {
  const { open, said } = toldFindings(report)
  return only(['terminal'], ...findingRows([...open.filter(({ rule }) => rule !== 'complete'), ...said]))
}

export function verdictRows(report: Report): readonly Row[] {
  return [{ kind: 'verdict', outcome: report.verdict.outcome, text: verdictText(report) }]
}

function titleOf({ plan, verdict: { outcome } }: Report): string {
  return `${plan.scenario.name}: ${outcomeWords[outcome]} ${markdownMarks[outcome]}`
}

function answerRows(report: Report, id: string): readonly Row[] {
  const { check, curve } = report
  const rows =
    check !== undefined
      ? checkAnswer(check)
      : curve === undefined
        ? []
        : curveAnswer(
            curve,
            loadChartsOf(report, id).map((chart) => ({ kind: 'chart', chart })),
          )
  return rows.length === 0 ? [] : [{ kind: 'group', look: 'answer', rows }]
}

/** The worst four, and where the others are. */
function firstFindings(report: Report, id: string): readonly Row[] {
  const { open: all, said } = toldFindings(report)
  // what a check answers stands with its table
  const open = report.check === undefined ? all : all.filter(({ rule }) => rule !== 'check')
  const most = 4
  const more = open.length - most
  return [
    ...findingRows([...open.slice(0, most), ...said]),
    ...(more > 0
      ? [
          {
            kind: 'drawn',
            html: h`<p><a href="#${id}-behind">${more} more ${more === 1 ? 'finding' : 'findings'} below</a></p>`,
          } as const,
        ]
      : []),
  ]
}

function firstNumbers(report: Report, shown: string): readonly Row[] {
  const tiles: Row = { kind: 'drawn', html: h`<div class="tiles">${headlineTiles(report, shown)}</div>` }
  if (variantNames(report).length === 1) return [tiles]
  return [
    tiles,
    note(`Shown above: variant ${shown}.`),
    ...gridTables(report),
    variantsTable(report, mainWorkload(report)),
  ]
}

/** What a curve is made for stands with its answer already. */
function chartRows(report: Report, id: string, isAnswer: boolean): readonly Row[] {
  const load = isAnswer && report.curve !== undefined ? [] : loadChartsOf(report, id)
  return [...load, ...chartsOf(report, id)].map((chart) => ({ kind: 'chart', chart }))
}

function missingRows(report: Report): readonly Row[] {
  const rows = missingTails(report).map((text): Row => ({ kind: 'item', text, mark: '–', quiet: true }))
  const rest = rows.length - 4
  const more: Row = { kind: 'item', text: `and ${rest} more like these`, mark: '–', quiet: true }
  return [
    ...rows.slice(0, 4),
    ...only(['markdown', 'html'], ...rows.slice(4)),
    ...(rest > 0 ? only(['terminal'], more) : []),
  ]
}

function faultRows(report: Report, id: string): readonly Row[] {
  const table = faultTable(report)
  if (table === undefined) return []
  return [
    heading(2, 'Faults', undefined, `${id}-faults`),
    { ...part('What each fault did, block by block', [table]), open: true },
  ]
}

function topologyRows(report: Report): readonly Row[] {
  const [first = 'default', ...others] = variantNames(report)
  const markdown = codeBlock('mermaid', mermaid(topologyOf(report, first)))
  return [heading(2, `Topology${others.length > 0 ? ` (${first})` : ''}`), { kind: 'drawn', markdown }]
}

function healthRows({ health }: Report): readonly Row[] {
  return [
    heading(2, 'Health'),
    sentence(`${healthText(health)}.`),
    ...findingRows([...worries(health), ...remarks(health)]),
  ]
}
