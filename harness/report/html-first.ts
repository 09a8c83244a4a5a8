/** The first screen of a report: verdict, headline numbers, the topology at work, and what set the numbers. */
import { timeFacts } from '../model/kinds/kind.ts'
import type { Finding, Report, Summary } from '../model/report.ts'
import { absent, quantity, range } from './format.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf } from './methods.ts'
import {
  circumstances,
  confidenceText,
  floorOf,
  latencyOf,
  limiterTexts,
  medianText,
  outcomeWords,
  summaryOf,
  variantNames,
  workloadNames,
  remarks,
  worries,
} from './reading.ts'
import { outcomeMarks, remarkMark } from './style-text.ts'
import { topologyPicture } from './topology-svg.ts'
import { topologyOf } from './topology.ts'

export function firstScreen(report: Report, id: string): Markup {
  const { scenario } = report.plan
  const variants = variantNames(report)
  const shown = headlineVariant(report)
  return h`<header class="top"><div><h2 id="${id}">${scenario.name}</h2><p class="about">${scenario.about}</p></div>${badge(report)}</header>
<p class="facts">${circumstances(report).map((fact) => h`<span>${fact}</span>`)}</p>
${report.state === 'complete' ? undefined : h`<p class="alarm"><strong>This run is ${report.state}.</strong> ${report.because ?? 'No reason is recorded.'}</p>`}
<div class="tiles">${headline(report, shown)}</div>
${variants.length > 1 ? h`<p class="note">Shown: variant ${shown}; all ${variants.length} are in the table of variants below.</p>` : undefined}
<div class="first">${topologyPicture(topologyOf(report, shown), `${id}-topology`)}
<div class="why"><h3><a href="#m-limit">What set the numbers</a></h3>${limiterTexts(report).map((text) => h`<p>${text}</p>`)}
<h3><a href="#m-verdict">May I believe it?</a></h3>${findings(report)}</div></div>`
}

export function badge(report: Report): Markup {
  const { outcome } = report.verdict
  return h`<a href="#m-verdict" class="badge ${outcome}"><span aria-hidden="true">${outcomeMarks[outcome]}</span> ${outcomeWords[outcome]}</a>`
}

function findings(report: Report): Markup {
  const all = uniqueFindings([...report.verdict.findings, ...report.health])
  const { passed, open } = worries(all)
  const most = 4
  return h`<ul class="findings">${open.slice(0, most).map(finding)}${
    open.length > most
      ? h`<li><a href="#${anchorOfHealth}">${open.length - most} more findings below</a></li>`
      : undefined
  }${remarks(report.health).map(remark)}<li class="pass">${passed} of ${all.length} findings passed</li></ul>`
}

function remark(f: Finding): Markup {
  return item('remark', remarkMark, f)
}

const anchorOfHealth = 'm-verdict'

export function finding(f: Finding): Markup {
  return item(f.outcome, outcomeMarks[f.outcome], f)
}

function item(name: string, mark: string, { about, rule, because }: Finding): Markup {
  return h`<li class="${name}"><strong>${mark} ${about}</strong> <span class="rule">${rule}</span> ${because}</li>`
}

export function uniqueFindings(all: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return all.filter((f) => {
    const key = `${f.about} ${f.rule} ${f.because}`
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

/** The variant with the highest throughput of the last workload, or the only one. */
export function headlineVariant(report: Report): string {
  const names = variantNames(report)
  const last = workloadNames(report).at(-1) ?? ''
  const best = names
    .map((name) => ({ name, value: summaryOf(report, last, 'throughput', name)?.median ?? 0 }))
    .reduce((a, b) => (b.value > a.value ? b : a), { name: names[0] ?? 'default', value: 0 })
  return best.name
}

/** Throughput of who receives, its latency with the floor under it, cost and loss. */
function headline(report: Report, variant: string): readonly Markup[] {
  const names = workloadNames(report)
  const main =
    names.find((name) => (latencyOf(report, name) ?? 'latency') !== 'latency') ??
    names.find((name) => latencyOf(report, name) !== undefined) ??
    names.at(-1) ??
    ''
  const latency = latencyOf(report, main) ?? 'latency'
  const floor = floorOf(report, main, 'p50', variant)
  const of = (metric: string): Summary | undefined => summaryOf(report, main, metric, variant)
  const publisher = names.find((name) => summaryOf(report, name, 'sendLag.p99', variant) !== undefined)
  return [
    tile(`${main} throughput`, of('throughput'), 'throughput'),
    tile(
      `${timeFacts[latency].one} p50`,
      of(`${latency}.p50`),
      'latency',
      floor === undefined ? undefined : `floor ${quantity(floor.median, floor.unit)}`,
    ),
    tile('p99', of(`${latency}.p99`), 'latency'),
    tile('p99.9', of(`${latency}.p99.9`), 'latency'),
    tile(
      'send lag p99',
      publisher === undefined ? undefined : summaryOf(report, publisher, 'sendLag.p99', variant),
      'lag',
    ),
    tile('server CPU', of('cpu.server'), 'cpu'),
    tile('lost', of('loss'), 'loss'),
  ].flatMap((t) => t ?? [])
}

function tile(name: string, summary: Summary | undefined, method: string, further?: string): Markup | undefined {
  if (summary === undefined) return undefined
  const { unit, interval, confidence } = summary
  const [number = absent, ...sign] = medianText(summary).split(' ')
  const text =
    unit === 'count'
      ? ''
      : interval === undefined
        ? `${summary.blocks} ${summary.blocks === 1 ? 'block' : 'blocks'}, no interval`
        : range(interval, unit)
  const sure =
    confidence === undefined || unit === 'count' ? undefined : h` <span>(${confidenceText([summary])})</span>`
  return h`<a class="tile" href="#m-${method}"><span class="name">${name}</span><span class="number">${number} <small>${sign.join(' ')}</small></span><span class="interval"><span>${text}</span>${sure}</span>${further === undefined ? undefined : h`<span class="interval">${further}</span>`}</a>`
}

/** All summaries of a workload, a row a metric (or a row a metric and variant). */
export function summaryTable(report: Report, workload: string): Markup {
  const rows = report.summaries.filter((s) => s.workload === workload)
  const several = variantNames(report).length > 1
  return h`<table><thead><tr><th scope="col">metric${several ? h`<th scope="col">variant` : undefined}<th scope="col">median<th scope="col">interval<th scope="col">confidence<th scope="col">min … max<th scope="col">blocks<tbody>${rows.map(
    (s) =>
      h`<tr><th scope="row"><a href="#m-${methodOf(s.metric)}">${s.metric}</a>${several ? h`<td>${s.variant}` : undefined}<td>${medianText(s)}<td>${range(s.interval, s.unit)}<td>${s.confidence === undefined ? absent : quantity(s.confidence, 'share')}<td>${s.min === undefined || s.max === undefined ? absent : range([s.min, s.max], s.unit)}<td>${s.blocks}`,
  )}</table>`
}
