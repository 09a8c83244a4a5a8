/** Everything behind the numbers: how to repeat them, on what they were measured, every block, every finding. */
import { isShown } from '../model/metric.ts'
import type { Measurement, Report } from '../model/report.ts'
import { absent, grouped, quantity, range, secondsText } from './format.ts'
import { faultTable } from './fault-table.ts'
import { hardware } from './hardware.ts'
import { finding, summaryTable } from './html-first.ts'
import { uniqueFindings } from './headline.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { missingTails, workloadNames, workloadText } from './reading.ts'

export function behind(report: Report, id: string): Markup {
  const { plan } = report
  const notes = missingTails(report)
  return h`<h3 id="${id}-numbers">All numbers</h3>
${workloadNames(report).map((name) => {
  const spec = plan.scenario.workloads.find((w) => w.name === name)
  return part(
    h`<strong>${name}</strong> ${spec === undefined ? '' : workloadText(spec, report)}`,
    `Numbers of ${name}`,
    summaryTable(report, name),
    plan.variants.length === 1,
  )
})}
${report.summaries.some((s) => s.workload === 'floor') ? part(h`<strong>floor</strong> raw TCP echo`, 'Numbers of the floor', summaryTable(report, 'floor'), false) : undefined}
${faults(report, id)}${notes.map((note) => h`<p class="note">${absent} ${note}</p>`)}
<h3 id="${id}-behind">Behind the numbers</h3>
${part(h`Findings: health and verdict`, 'Findings', h`<ul class="findings">${uniqueFindings([...report.verdict.findings, ...report.health]).map(finding)}</ul>`, false)}
${part(h`Repeat it: command, versions, hardware, settings`, 'Repeat it', repeat(report), false)}
${part(h`Nodes`, 'Nodes', nodes(report), false)}
${part(h`Every block`, 'Every block', blocks(report), false)}
${report.marks.length > 0 ? part(h`Marks on the time line`, 'Marks', marks(report), false) : undefined}
${part(h`The scenario as it was run`, 'Scenario', h`<pre>${JSON.stringify(plan.scenario, undefined, 2)}</pre>`, false)}
${plan.variants[0]?.services.length === undefined ? undefined : part(h`Server configuration`, 'Server configuration', services(report), false)}`
}

function faults(report: Report, id: string): Markup | undefined {
  const found = faultTable(report)
  if (found === undefined) return undefined
  const table = h`<table><thead><tr>${found.head.map((cell) => h`<th scope="col">${cell}`)}<tbody>${found.rows.map(
    (row) => h`<tr>${row.map((cell, i) => (i === 0 ? h`<th scope="row">${cell}` : h`<td>${cell}`))}`,
  )}</table>`
  return h`<h3 id="${id}-faults">Faults</h3>${part(h`What each fault did, block by block`, 'Faults', table, true)}`
}

function part(title: Markup, label: string, body: Markup, open: boolean): Markup {
  return h`<details class="part"${open ? h` open` : undefined}><summary>${title}</summary><div class="scroll" tabindex="0" role="region" aria-label="${label}">${body}</div></details>`
}

function repeat(report: Report): Markup {
  return h`<pre>${report.plan.command}</pre><table><tbody>${hardware(report).map(([what, value]) => h`<tr><th scope="row">${what}<td>${value}`)}<tr><th scope="row">run<td>${report.run}<tr><th scope="row">at<td>${report.at}</table>`
}

function nodes({ plan, nodes: costs }: Report): Markup {
  return h`<table><thead><tr><th scope="col">node<th scope="col">role<th scope="col">address<th scope="col">variant<th scope="col">CPU<th scope="col">memory<th scope="col">CPU a message<tbody>${costs.map(
    (c) => {
      const node = plan.nodes.find((n) => n.name === c.node)
      return h`<tr><th scope="row">${c.node}<td>${node?.role}<td>${node?.endpoint.address}<td>${c.variant}<td>${quantity(c.cpuShare, 'share')}<td>${quantity(c.memoryBytes, 'B')}<td>${quantity(c.cpuMicrosPerMessage, 'us/msg')}`
    },
  )}</table>`
}

const mostRows = 400

/** One row a block and one column a metric that tells blocks apart; every other metric is in report.json. */
function blocks(report: Report): Markup {
  const columns = report.measurements.filter((m) => isShown('blocks', m.metric))
  const shown = report.plan.blocks.slice(0, mostRows)
  const cell = (m: Measurement, block: number): string => {
    const found = m.values.find((v) => v.block === block)
    const interval = found?.interval === undefined ? '' : ` [${range(found.interval, m.unit)}]`
    return `${quantity(found?.value, m.unit)}${interval}`
  }
  return h`<table><thead><tr><th scope="col">block<th scope="col">variant${columns.map((m) => h`<th scope="col">${m.workload} ${m.metric}`)}<tbody>${shown.map(
    (b) => h`<tr><th scope="row">${b.index + 1}<td>${b.variant}${columns.map((m) => h`<td>${cell(m, b.index)}`)}`,
  )}</table>${shown.length < report.plan.blocks.length ? h`<p class="note">${shown.length} of ${grouped(report.plan.blocks.length)} blocks; report.json has all.</p>` : undefined}`
}

function marks(report: Report): Markup {
  return h`<table><thead><tr><th scope="col">block<th scope="col">from<th scope="col">to<th scope="col">what<tbody>${report.marks
    .slice(0, mostRows)
    .map(
      (m) => h`<tr><th scope="row">${m.block + 1}<td>${secondsText(m.from)}<td>${secondsText(m.to)}<td>${m.what}`,
    )}</table>`
}

function services({ plan }: Report): Markup {
  const seen = new Map<string, string>()
  for (const variant of plan.variants) {
    for (const service of variant.services)
      if (!seen.has(service.config)) seen.set(service.config, `${service.node}, ${variant.name}`)
  }
  return h`${[...seen].slice(0, 12).map(([config, where]) => h`<p>${where}</p><pre>${config}</pre>`)}`
}
