/** `report.md`: a Report that reads well on GitHub, with a picture of the topology and the way to repeat it. */
import { metricsOf } from '../model/metric.ts'
import { endedText } from '../model/ending.ts'
import type { Finding, Outcome, Report, Summary } from '../model/report.ts'
import {
  circumstances,
  confidenceText,
  floorOf,
  latencyOf,
  limiterTexts,
  medianText,
  metricNames,
  missingTails,
  outcomeWords,
  summaryOf,
  variantNames,
  workloadNames,
  workloadText,
  remarks,
  worries,
} from './reading.ts'
import { remarkMark } from './style-text.ts'
import { absent, range } from './format.ts'
import { healthText } from './headline.ts'
import { code, codeBlock, md, table } from './markdown-text.ts'
import { faultTable } from './fault-table.ts'
import { hardware } from './hardware.ts'
import { answerMarkdown } from './answer-text.ts'
import { mermaid } from './mermaid.ts'
import { metricLabel } from './terminal-metrics.ts'
import { topologyOf } from './topology.ts'

const marks: Readonly<Record<Outcome, string>> = { pass: '✅', unknown: '❔', fail: '❌' }

export function markdown(report: Report): string {
  const { scenario } = report.plan
  const variants = variantNames(report)
  const first = variants[0] ?? 'default'
  const parts = [
    `# ${md(scenario.name)}: ${outcomeWords[report.verdict.outcome]} ${marks[report.verdict.outcome]}`,
    md(scenario.about),
    md(circumstances(report).join(' · ')),
    ...(report.state === 'complete' ? [] : [`**${md(endedText(report.state, report.because))}**`]),
    answerMarkdown(report),
    list(worries(report.verdict.findings).open),
    ...limiterTexts(report).map((text) => `**Bottleneck** ${md(text)}`),
    '## Numbers',
    ...workloadNames(report).flatMap((name) => workload(report, name, variants)),
    notes(report),
    faults(report),
    `## Topology${variants.length > 1 ? ` (${md(first)})` : ''}`,
    codeBlock('mermaid', mermaid(topologyOf(report, first))),
    '## Health',
    health(report.health),
    '## Repeat it',
    codeBlock('sh', report.plan.command),
    table(
      ['what', 'value'],
      hardware(report).map(([what, value]) => [md(what), md(value)]),
    ),
    `Run ${code(report.run)} at ${md(report.at)}. Medians are over blocks; every percentile comes from merged histograms.`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function workload(report: Report, name: string, variants: readonly string[]): readonly string[] {
  const spec = report.plan.scenario.workloads.find((w) => w.name === name)
  const title = `### ${md(name)}${spec === undefined ? '' : `: ${md(workloadText(spec, report))}`}`
  const metrics = metricNames(report, name)
  if (metrics.length === 0) return [title, 'No numbers were measured.']
  return [
    title,
    variants.length > 1 ? beside(report, name, variants, metrics) : single(report, name, variants[0], metrics),
  ]
}

function single(report: Report, name: string, variant = 'default', metrics: readonly string[]): string {
  const latency = latencyOf(report, name)
  const own = metrics.flatMap((metric) => summaryOf(report, name, metric, variant) ?? [])
  const borrowed =
    latency === undefined || metrics.some((m) => m.startsWith('floor.'))
      ? []
      : ['p50', 'p99'].flatMap((q) => floorOf(report, name, q, variant) ?? [])
  const rows = [...own, ...borrowed]
  const head = ['metric', 'median', `${confidenceText(rows) ?? ''} interval`.trim(), 'min … max', 'blocks']
  return table(
    head,
    rows.map((s) => [
      md(metricLabel(s.metric)),
      `**${medianText(s)}**`,
      range(s.interval, s.unit),
      s.min === undefined || s.max === undefined ? absent : range([s.min, s.max], s.unit),
      String(s.blocks),
    ]),
    [false, true, true, true, true],
  )
}

/** A row a variant; the columns that tell variants apart. */
function beside(report: Report, name: string, variants: readonly string[], metrics: readonly string[]): string {
  const latency = latencyOf(report, name)
  const wanted = metricsOf('variants').filter((metric) => metrics.includes(metric))
  const withFloor = latency !== undefined
  return table(
    ['variant', ...wanted.map((m) => md(metricLabel(m))), ...(withFloor ? ['floor p50'] : [])],
    variants.map((variant) => [
      md(variant),
      ...wanted.map((metric) => cell(summaryOf(report, name, metric, variant))),
      ...(withFloor ? [medianText(floorOf(report, name, 'p50', variant))] : []),
    ]),
    [false, ...wanted.map(() => true), true],
  )
}

function cell(summary: Summary | undefined): string {
  const interval =
    summary?.interval === undefined || summary.unit === 'count' ? '' : `<br>${range(summary.interval, summary.unit)}`
  return `${medianText(summary)}${interval}`
}

function notes(report: Report): string {
  return missingTails(report)
    .map((reason) => `- – ${md(reason)}`)
    .join('\n')
}

function faults(report: Report): string {
  const found = faultTable(report)
  if (found === undefined) return ''
  return `## Faults\n\n${table(
    found.head.map(md),
    found.rows.map((row) => row.map(md)),
  )}`
}

function health(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing was checked.'
  const { open } = worries(findings)
  const items = [list(open), list(remarks(findings), remarkMark)].filter((each) => each !== '')
  return [`${healthText(findings)}.`, ...(items.length > 0 ? ['', ...items] : [])].join('\n')
}

function list(findings: readonly Finding[], mark?: string): string {
  return findings
    .map((f) => `- ${mark ?? marks[f.outcome]} **${md(f.about)}** (${md(f.rule)}): ${md(f.because)}`)
    .join('\n')
}
