/** `docs/scenarios.md`: every field of a scenario, made from the schema and the tables that the harness itself reads. */
import { isKind, kinds } from '../model/kinds/kinds.ts'
import { metricNamed, quantiles } from '../model/metric.ts'
import { table } from '../model/metric-table.ts'
import { offeredSubstrates, substrates, type Capability } from '../model/substrates.ts'
import type { Unit } from '../model/report.ts'
import { examples, head, rules } from './reference-text.ts'
import { anchor, fieldLines, type Node } from './reference-fields.ts'
import { jsonSchema } from './schema.ts'
import { refusedSettings } from './settings.ts'

type Section = readonly [heading: string, text: string]

/** Fields at the top that have a section of their own. */
const sections: Readonly<Record<string, string>> = {
  topology: 'Topology',
  streams: 'Streams',
  consumers: 'Consumers',
  buckets: 'Buckets',
  objects: 'Objects',
  workloads: 'Workloads',
  variants: 'Variants and grids',
  vary: 'Variants and grids',
  limits: 'Limits',
  faults: 'Faults',
  expect: 'Expect',
}

/** The whole page, Markdown. */
export function reference(): string {
  const all: readonly Section[] = [
    ['Examples', examples()],
    ['All fields', fieldLines(schema, (name) => sections[name])],
    ['Topology', `Each group of nodes:\n\n${fieldLines(entry('topology'))}`],
    ['Settings that are refused', refused()],
    ['Streams', `Each stream:\n\n${fieldLines(entry('streams'))}`],
    ['Consumers', `Each consumer:\n\n${fieldLines(entry('consumers'))}`],
    ['Buckets', `Each bucket:\n\n${fieldLines(entry('buckets'))}`],
    ['Objects', `Each object store:\n\n${fieldLines(entry('objects'))}`],
    ['Workloads', workloads()],
    ['Arrivals', byKind(workload.arrivals)],
    ['Payload', `${workload.payload.description ?? ''}\n\n${fieldLines(workload.payload)}`],
    ['Variants and grids', rules.variants],
    [
      'Limits',
      `${rules.limits}\n\n${fieldLines(item('limits'), (name) => (name === 'metric' ? 'Metrics' : undefined))}`,
    ],
    ['Metrics', metrics()],
    ['Faults', `${rules.faults}\n\n${fieldLines(item('faults'))}`],
    ['Expect', fieldLines(member('expect'))],
    ['Capabilities', capabilities()],
  ]
  const contents = all.map(([heading]) => `[${heading}](#${anchor(heading)})`).join(' · ')
  return `${[head, contents, ...all.map(([heading, text]) => `## ${heading}\n\n${text}`)].join('\n\n')}\n`
}

// The cast is safe: the schema is made here from our own zod schema.
const schema = jsonSchema('scenario') as Node
const member = (name: string): Node => schema.properties?.[name] ?? {}
const item = (name: string): Node => member(name).items ?? {}
function entry(name: string): Node {
  const found = member(name).additionalProperties
  return typeof found === 'object' ? found : {}
}

const options = item('workloads').oneOf ?? []
const workload = {
  arrivals: options[0]?.properties?.['arrivals'] ?? {},
  payload: options[0]?.properties?.['payload'] ?? {},
}
const kindOf = (option: Node): string => option.properties?.['kind']?.const ?? ''

/** The fields that all kinds have, then those of each kind. */
function workloads(): string {
  const [first, ...others] = options
  const same = (name: string): boolean =>
    name !== 'kind' &&
    others.every(({ properties }) => JSON.stringify(properties?.[name]) === JSON.stringify(first?.properties?.[name]))
  const part = (node: Node | undefined, keep: (name: string) => boolean): Node => ({
    properties: Object.fromEntries(Object.entries(node?.properties ?? {}).filter(([name]) => keep(name))),
    required: node?.required ?? [],
  })
  const whole = (name: string): string | undefined => ({ arrivals: 'Arrivals', payload: 'Payload' })[name]
  return [
    `Every workload:\n\n- \`kind\` (text, **required**): ${options.map((option) => `\`${kindOf(option)}\``).join(', ')}; each below.\n${fieldLines(part(first, same), whole)}`,
    ...options.map((option) => {
      const own = fieldLines(
        part(option, (name) => name !== 'kind' && !same(name)),
        whole,
      )
      const about = option.properties?.['kind']?.description ?? ''
      const refuses = Object.entries(refusedArrivals(kindOf(option))).map(
        ([kind, must]) => `Not \`${kind}\`: it ${must}.`,
      )
      return `### Kind ${kindOf(option)}\n\n${[about, ...refuses, ...notByNatsJs(kindOf(option))].join(' ')}${own === '' ? '' : `\n\n${own}`}`
    }),
  ].join('\n\n')
}

/** What engine nats.js cannot do of this kind. */
function notByNatsJs(kind: string): readonly string[] {
  const parts = (isKind(kind) ? kinds[kind].natsJs.lacks : []).map(({ field, must, why }) =>
    must === undefined ? `no \`${field}\` (${why})` : `\`${field}\` must be ${must} (${why})`,
  )
  return parts.length === 0 ? [] : [`With engine \`"nats.js"\`: ${parts.join('; ')}.`]
}

function refusedArrivals(kind: string): Readonly<Record<string, string>> {
  return Object.entries(kinds).find(([name]) => name === kind)?.[1].refuses ?? {}
}

/** The members of a union, each with its own fields. */
function byKind(node: Node): string {
  const lines = (node.oneOf ?? []).flatMap((option) => {
    const { kind: _kind, ...properties } = option.properties ?? {}
    const own = fieldLines({ properties, required: option.required ?? [] })
    return [
      `- \`${kindOf(option)}\`: ${option.description ?? ''}`,
      ...(own === '' ? [] : own.split('\n').map((line) => `  ${line}`)),
    ]
  })
  return [node.description ?? '', lines.join('\n')].join('\n\n')
}

const unitWords: Readonly<Partial<Record<Unit, string>>> = {
  ns: 'duration',
  share: 'share from 0 to 1',
  'us/msg': 'µs a message',
  '1/msg': 'number a message',
  'msg/s': 'messages a second',
  'B/s': 'bytes a second',
  B: 'bytes',
  count: 'count',
}

function metrics(): string {
  const lines = Object.entries(table).map(([name, entry]) => {
    const time = 'histogram' in entry
    const facts = metricNamed(time ? `${name}.p50` : name)
    const of = Object.entries(kinds).flatMap(([kind, each]) => (facts?.of(each) === true ? [`\`${kind}\``] : []))
    const unit = time ? 'duration' : (unitWords[entry.unit] ?? entry.unit)
    const better = time || entry.better === 'lower' ? 'lower is better' : 'higher is better'
    const full = time ? `${name}.p50\`, \`${name}.p99\` …` : name
    const all = of.length === Object.keys(kinds).length
    const whose = facts?.of('floor') === true ? 'of `floor`' : all ? 'of every workload' : `of ${of.join(', ')}`
    return `- \`${full}${time ? '' : '`'} (${unit}, ${better}; ${whose}): ${entry.about}. In tables: “${entry.label}”.`
  })
  return `Times have ${Object.keys(quantiles)
    .map((name) => `\`${name}\``)
    .join(', ')} and \`max\`: \`latency.p99\`. ${rules.metrics}\n\n${lines.join('\n')}`
}

function refused(): string {
  const by = new Map<string, string[]>()
  for (const [name, because] of Object.entries(refusedSettings)) by.set(because, [...(by.get(because) ?? []), name])
  return [...by].map(([because, names]) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${because}.`).join('\n')
}

const capabilityWords: Readonly<Record<Capability, string>> = {
  cpus: 'nodes may be pinned to CPUs (`cpus`)',
  memory: 'nodes may have a memory limit (`memory`)',
  pause: 'nodes may be paused (fault `pause`)',
  usage: 'CPU time and memory of each node are read',
  impair: 'the network of a node may be slow or lose packets (fault `impair`)',
  partition: 'nodes may be cut off from each other (fault `partition`)',
  disk: 'stores may have a file system of their own (`disk`), which can be full (fault `disk-full`)',
  slow: 'the device of that file system may take few writes a second (fault `slow-disk`)',
  hang: 'that file system may hang (fault `hung-disk`)',
  crash: 'that file system can crash (fault `os-crash`)',
  networks: 'nodes may have a network stack of their own (`network: "vnet"`)',
}

function capabilities(): string {
  const names = Object.entries(capabilityWords)
  return `${rules.capabilities}\n\n${names
    .map(([capability, words]) => {
      const by = offeredSubstrates.filter((name) => substrates[name].can.some((each) => each === capability))
      return `- \`${capability}\`: ${words}. ${by.map((name) => `\`${name}\``).join(', ')}.`
    })
    .join('\n')}`
}
