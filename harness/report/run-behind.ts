/** Everything behind the numbers: how to repeat them, on what they were measured, every block, every finding. */
import { isShown } from '../model/metric.ts'
import type { Measurement, Report } from '../model/report.ts'
import { grouped, quantity, range, secondsText } from './format.ts'
import { hardware } from './hardware.ts'
import { uniqueFindings } from './headline.ts'
import { columnsOf, findingRows, heading, note, part, sentence, type Row, type Table } from './rows.ts'

const mostRows = 400

export function behindRows(report: Report, id: string): readonly Row[] {
  const { plan, verdict, health, marks } = report
  return [
    heading(2, 'Behind the numbers', undefined, `${id}-behind`),
    part('Findings: health and verdict', findingRows(uniqueFindings([...verdict.findings, ...health]))),
    part('Repeat it: command, versions, hardware, settings', [code(plan.command), hardwareTable(report)]),
    part('Nodes', [nodes(report)]),
    part('Every block', blocks(report)),
    ...(marks.length > 0 ? [part('Marks on the time line', [marksTable(report)])] : []),
    part('The scenario as it was run', [code(JSON.stringify(plan.scenario, undefined, 2))]),
    part('Server configuration', services(report)),
  ]
}

export function repeatRows(report: Report): readonly Row[] {
  return [heading(2, 'Repeat it'), code(report.plan.command), hardwareTable(report)]
}

const code = (text: string): Row => ({ kind: 'code', language: 'sh', text })

function plainTable(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): Table {
  return { kind: 'table', label, look: 'plain', columns: columnsOf(heads, rows) }
}

function hardwareTable(report: Report): Table {
  const rows = [...hardware(report), ['run', report.run], ['at', report.at]]
  const table = plainTable('Repeat it', ['what', 'value'], rows)
  return { ...table, look: 'words', columns: table.columns.map((column) => ({ ...column, left: true })) }
}

function nodes({ plan, nodes: costs }: Report): Table {
  const rows = costs.map(({ node, variant, cpuShare, memoryBytes, cpuMicrosPerMessage }) => {
    const planned = plan.nodes.find(({ name }) => name === node)
    const numbers = [quantity(cpuShare, 'share'), quantity(memoryBytes, 'B'), quantity(cpuMicrosPerMessage, 'us/msg')]
    return [node, planned?.role ?? '', planned?.endpoint.address ?? '', variant, ...numbers]
  })
  return plainTable('Nodes', ['node', 'role', 'address', 'variant', 'CPU', 'memory', 'CPU a message'], rows)
}

/** One row a block and one column a metric that tells blocks apart; every other metric is in report.json. */
function blocks({ measurements, plan }: Report): readonly Row[] {
  const columns = measurements.filter((m) => isShown('blocks', m.metric))
  const shown = plan.blocks.slice(0, mostRows)
  const cell = (m: Measurement, block: number): string => {
    const found = m.values.find((v) => v.block === block)
    const interval = found?.interval === undefined ? '' : ` [${range(found.interval, m.unit)}]`
    return `${quantity(found?.value, m.unit)}${interval}`
  }
  const heads = ['block', 'variant', ...columns.map((m) => `${m.workload} ${m.metric}`)]
  const rows = shown.map((b) => [String(b.index + 1), b.variant, ...columns.map((m) => cell(m, b.index))])
  const left = plan.blocks.length - shown.length
  const { rehearsalMs } = plan
  return [
    ...(rehearsalMs === undefined
      ? []
      : [note(`Fresh agents first ran the same load for ${secondsText(rehearsalMs / 1000)}, which is not counted.`)]),
    plainTable('Every block', heads, rows),
    ...(left > 0 ? [note(`${shown.length} of ${grouped(plan.blocks.length)} blocks; report.json has all.`)] : []),
  ]
}

function marksTable({ marks }: Report): Table {
  const rows = marks
    .slice(0, mostRows)
    .map((m) => [String(m.block + 1), secondsText(m.from), secondsText(m.to), m.what])
  return { ...plainTable('Marks', ['block', 'from', 'to', 'what'], rows), look: 'words' }
}

function services({ plan }: Report): readonly Row[] {
  const seen = new Map<string, string>()
  for (const variant of plan.variants) {
    for (const service of variant.services)
      if (!seen.has(service.config)) seen.set(service.config, `${service.node}, ${variant.name}`)
  }
  return [...seen].slice(0, 12).flatMap(([config, where]) => [sentence(where), code(config)])
}
