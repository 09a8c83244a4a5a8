/** Fields of a JSON Schema as a list for people: name, what it takes, what it is. */
import { durationPattern, someTimePattern } from '../model/units.ts'

export interface Node {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly additionalProperties?: Node | boolean
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly enum?: readonly string[]
  readonly const?: string
  readonly default?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
}

/** One list item for each field. The fields of an object are listed below it, unless `whole` names a section for them. */
export function fieldLines(node: Node, whole: (name: string) => string | undefined = () => undefined): string {
  return Object.entries(node.properties ?? {})
    .flatMap(([name, field]) => fieldOf(name, field, node.required?.includes(name) === true, whole(name)))
    .join('\n')
}

function fieldOf(name: string, field: Node, required: boolean, section: string | undefined): readonly string[] {
  const facts = [takes(field), ...(required ? ['**required**'] : []), ...defaultOf(field)].join(', ')
  const more = section === undefined ? '' : ` See [${section}](#${anchor(section)}).`
  const below = section === undefined && field.properties !== undefined ? fieldLines(field).split('\n') : []
  // All names of metrics have a section of their own.
  const about = field.enum === undefined || section === undefined ? (field.description ?? '') : ''
  return [`- \`${name}\` (${facts}): ${`${about}${more}`.trim()}`, ...below.map((line) => `  ${line}`)]
}

/** The default in words; nothing where there is none or it is empty, such as `{}`. */
export function defaultOf({ default: value }: Node): readonly string[] {
  return value === undefined || isBare(value) ? [] : [`default \`${JSON.stringify(value)}\``]
}

const isBare = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** `whole number, 1 to 256`, `duration`, `"file" or "memory"`, `list of objects`. */
export function takes(node: Node): string {
  if (node.const !== undefined) return `\`"${node.const}"\``
  if (node.enum !== undefined && node.enum.length < 8) return node.enum.map((value) => `\`"${value}"\``).join(' or ')
  if (node.oneOf !== undefined) return 'object with a `kind`'
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(takes))].join(' or ')
  switch (node.type) {
    case 'integer':
      return `whole number${bounds(node)}`
    case 'number':
      return `number${bounds(node)}`
    case 'boolean':
      return '`true` or `false`'
    case 'array':
      return `list of ${node.items?.type === 'object' || node.items?.oneOf !== undefined ? 'objects' : takes(node.items ?? {})}`
    case 'object':
      return typeof node.additionalProperties === 'object' ? 'object by name' : 'object'
    default:
      return textTakes(node)
  }
}

function textTakes({ pattern }: Node): string {
  if (pattern === durationPattern) return 'duration'
  if (pattern === someTimePattern) return 'duration, above 0'
  return pattern?.includes('KiB') === true ? 'size' : 'text'
}

function bounds({ minimum, exclusiveMinimum, maximum }: Node): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (exclusiveMinimum !== undefined) return `, above ${exclusiveMinimum}${most === undefined ? '' : ` to ${most}`}`
  if (minimum === undefined) return ''
  return most === undefined ? `, at least ${minimum}` : `, ${minimum} to ${most}`
}

/** The link that GitHub makes of a heading. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
