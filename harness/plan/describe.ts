/** A plan as text, for `bench plan`. */
import { faultWords } from '../model/faults.ts'
import { deliveriesOf, type Delivery } from '../model/deliveries.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import { rateWords } from '../model/paced.ts'
import { pinnedVersion } from '../model/pinned.ts'
import type { Assignment, NodePlan, Plan, ServicePlan, Variant } from '../model/plan.ts'

/** Plain text of lines, without an end of line behind the last. Texts of the scenario are checked to be free of control characters. */
export function describe(plan: Plan): string {
  return [
    `${plan.scenario.name}: ${plan.scenario.about}`,
    '',
    `on ${plan.substrate} (${plan.why}), host ${plan.host}, digest ${plan.digest.slice(0, 12)}`,
    ...rateWords(plan),
    '',
    'nodes',
    ...table(plan.nodes.map(nodeRow)),
    ...plan.variants.flatMap((variant) => ['', ...variantLines(variant, plan)]),
    ...(plan.faults.length === 0 ? [] : ['', 'faults', ...plan.faults.map(faultLine)]),
    '',
    ...(plan.rehearsalMs === undefined
      ? []
      : [`rehearsal: ${seconds(plan.rehearsalMs)}, not counted, to warm up the agents`]),
    `blocks: ${order(plan)}`,
    `expected time: ${seconds(plan.expectedMs)}, building and taking down aside`,
  ].join('\n')
}

function nodeRow(node: NodePlan): readonly string[] {
  const { address, ports } = node.endpoint
  const listens = node.role === 'server' ? `client ${ports.client}, monitor ${ports.monitor}` : `floor ${ports.floor}`
  return [
    node.name,
    node.role,
    address,
    listens,
    node.cpus === undefined ? '' : `CPUs ${node.cpus.join(',')}`,
    node.memoryBytes === undefined ? '' : `${Math.round(node.memoryBytes / 1024 ** 2)} MiB`,
    node.diskBytes === undefined ? '' : `disk ${Math.round(node.diskBytes / 1024 ** 2)} MiB`,
  ]
}

function variantLines(variant: Variant, plan: Plan): readonly string[] {
  const { warmupMs, measureMs, cooldownMs } = variant.phases
  const idle = plan.nodes.filter(({ name }) => !variant.nodes.includes(name)).map(({ name }) => name)
  const changes = Object.entries(variant.set).map(([path, value]) => `${path} = ${value}`)
  return [
    `variant ${variant.name}: warm-up ${seconds(warmupMs)}, measure ${seconds(measureMs)}, cool-down ${seconds(cooldownMs)}`,
    ...(changes.length === 0 ? [] : [`  changes ${changes.join('; ')}`]),
    ...(idle.length === 0 ? [] : [`  idle ${idle.join(', ')}`]),
    ...table([...variant.services.map(serviceRow), ...variant.assignments.map(assignmentRow)]),
    ...deliveriesOf(variant).map(deliveryLine),
    ...floorNote(variant),
  ]
}

function deliveryLine({ from, to, queue }: Delivery): string {
  const whom = queue === undefined ? 'each connection' : `one connection of queue group ${queue}`
  return `  ${from} → ${to.join(' + ')}, every message to ${whom}`
}

function serviceRow({ node, server }: ServicePlan): readonly string[] {
  return [node, 'nats-server', server.path ?? server.version ?? pinnedVersion, '']
}

function assignmentRow({ node, workload, job }: Assignment): readonly string[] {
  return [node, workload, job.kind, factsOf(job.kind).words(job)]
}

/** With one load node the floor never leaves it, and a reader must know. */
function floorNote({ assignments }: Variant): readonly string[] {
  const on = assignments.filter(({ workload }) => workload === 'floor').map(({ node }) => node)
  return on.length === 2 && on[0] === on[1]
    ? ['  the floor is measured within one node: there is no second load node']
    : []
}

function faultLine(fault: Plan['faults'][number]): string {
  const { at, every, lasts } = fault
  return `  at ${at}: ${faultWords(fault)}${every === undefined ? '' : `, one every ${every}`}${lasts === undefined ? '' : ` for ${lasts}`}`
}

/** The first blocks by name, the rest by number. */
function order({ blocks }: Plan): string {
  const shown = blocks.slice(0, 12).map(({ variant }) => variant)
  const rest = blocks.length - shown.length
  return `${blocks.length} (${shown.join(', ')}${rest > 0 ? `, ${rest} more` : ''})`
}

function seconds(ms: number): string {
  return ms >= 120_000 ? `${(ms / 60_000).toFixed(1)} min` : `${Number((ms / 1000).toFixed(2))} s`
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}
