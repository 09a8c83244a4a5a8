/** The first screen of a report: verdict, headline numbers, the topology at work, and what set the numbers. */
import type { Finding, Report, Summary } from '../model/report.ts'
import { absent, quantity, range } from './format.ts'
import { headlineVariant, toldFindings, verdictText } from './headline.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf } from './methods.ts'
import { circumstances, limiterTexts, medianText, outcomeWords, variantNames, isRemark } from './reading.ts'
import { outcomeMarks, remarkMark } from './style-text.ts'
import { gridTables } from './html-grid.ts'
import { headlineTiles } from './html-tiles.ts'
import { variantsTable } from './html-variants.ts'
import { topologyPicture } from './topology-svg.ts'
import { topologyOf } from './topology.ts'

/** Verdict and what failed first, then the answer of a check or a curve, the numbers, the topology and what set the numbers. */
export function firstScreen(report: Report, id: string, answer?: Markup): Markup {
  const { scenario } = report.plan
  const { outcome } = report.verdict
  const variants = variantNames(report)
  const shown = headlineVariant(report)
  return h`<header class="top"><h2 id="${id}">${scenario.name}</h2><p class="about">${scenario.about}</p></header>
<div class="verdict ${outcome}">${badge(report)}<p>${verdictText(report)}</p></div>
${answer}
${findings(report)}
<div class="tiles">${headlineTiles(report, shown)}</div>
${variants.length > 1 ? h`<p class="note">Shown above: variant ${shown}.</p>${gridTables(report)}${variantsTable(report)}` : undefined}
<p class="facts">${circumstances(report).map((fact) => h`<span>${fact}</span>`)}</p>
${topologyPicture(topologyOf(report, shown), `${id}-topology`)}
<div class="why"><h3><a href="#m-limit">Bottleneck</a></h3>${limiterTexts(report).map((text) => h`<p>${text}</p>`)}</div>`
}

export function badge(report: Report): Markup {
  const { outcome } = report.verdict
  return h`<a href="#m-verdict" class="badge ${outcome}"><span aria-hidden="true">${outcomeMarks[outcome]}</span> ${outcomeWords[outcome]}</a>`
}

function findings(report: Report): Markup | undefined {
  const { open, said } = toldFindings(report)
  const most = 4
  if (open.length + said.length === 0) return undefined
  return h`<ul class="findings" aria-label="Can these numbers be trusted?">${open.slice(0, most).map(finding)}${
    open.length > most
      ? h`<li><a href="#${anchorOfHealth}">${open.length - most} more findings below</a></li>`
      : undefined
  }${said.map(finding)}</ul>`
}

const anchorOfHealth = 'm-verdict'

/** A remark has its mark wherever it stands. */
export function finding(f: Finding): Markup {
  const remark = isRemark(f)
  return item(remark ? 'remark' : f.outcome, remark ? remarkMark : outcomeMarks[f.outcome], f)
}

function item(name: string, mark: string, { about, rule, because }: Finding): Markup {
  return h`<li class="${name}"><strong>${mark} ${about}</strong> <span class="rule">${rule}</span> ${because}</li>`
}

/** All summaries of a workload, a row a metric (or a row a metric and variant). Of three blocks the interval is least to most: said once. */
export function summaryTable(report: Report, workload: string): Markup {
  const rows = report.summaries.filter((s) => s.workload === workload)
  const several = variantNames(report).length > 1
  const ends = (s: Summary): string =>
    s.min === undefined || s.max === undefined ? absent : range([s.min, s.max], s.unit)
  const wider = rows.some((s) => s.interval === undefined || ends(s) !== range(s.interval, s.unit))
  return h`<table><thead><tr><th scope="col">metric${several ? h`<th scope="col">variant` : undefined}<th scope="col">median<th scope="col">interval<th scope="col">confidence${wider ? h`<th scope="col">min … max` : undefined}<th scope="col">blocks<tbody>${rows.map(
    (s) =>
      h`<tr><th scope="row"><a href="#m-${methodOf(s.metric)}">${s.metric}</a>${several ? h`<td>${s.variant}` : undefined}<td>${medianText(s)}<td>${range(s.interval, s.unit)}<td>${s.confidence === undefined ? absent : quantity(s.confidence, 'share')}${wider ? h`<td>${ends(s)}` : undefined}<td>${s.blocks}`,
  )}</table>`
}
