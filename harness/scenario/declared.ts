/**
 * The declaration of `ScenarioInput` for editors, made from the schema. A type that zod infers has no comments, so an editor could
 * not explain its fields.
 */
import { defaultOf, takes, type Node } from './reference-fields.ts'
import { jsonSchema } from './schema.ts'

/** Text of `types/model/scenario-input.d.ts`: the type of `model/scenario-input.ts`, written out field by field. */
export function scenarioDeclaration(): string {
  // The cast is safe: the schema is made here from our own zod schema.
  const { $schema: _, ...properties } = (jsonSchema('scenario') as Node).properties ?? {}
  const top: Node = { ...(jsonSchema('scenario') as Node), properties }
  return `/** Made by harness/declarations.js from the schema of scenarios. */\nexport interface ScenarioInput ${fieldsOf(top, '')}\n`
}

function fieldsOf(node: Node, indent: string): string {
  const inner = `${indent}  `
  const lines = Object.entries(node.properties ?? {}).map(([name, field]) => {
    const required = node.required?.includes(name) === true
    const type = typeOf(field, inner)
    return `${comment(field, inner)}${inner}${name}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'}\n`
  })
  return `{\n${lines.join('')}${indent}}`
}

/** What the field is, then what its type does not tell. `*` with `/` in the text is escaped, because it would end the comment. */
function comment(field: Node, indent: string): string {
  const takesMore = field.enum === undefined && /\d|duration|size/.test(takes(field))
  const facts = [...(takesMore ? [takes(field)] : []), ...defaultOf(field)].join(', ')
  const text = `${field.description ?? ''}${facts === '' ? '' : ` (${facts})`}`
  return `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`
}

function typeOf(node: Node, indent: string): string {
  if (node.const !== undefined) return JSON.stringify(node.const)
  // Editors complete the known words of a long list; `string & {}` also accepts a word that a program puts together.
  if (node.enum !== undefined)
    return `${node.enum.map((value) => JSON.stringify(value)).join(' | ')}${node.enum.length > 20 ? ' | (string & {})' : ''}`
  const either = node.oneOf ?? node.anyOf
  if (either !== undefined) return [...new Set(either.map((each) => typeOf(each, indent)))].join(' | ')
  switch (node.type) {
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
      return `Array<${typeOf(node.items ?? {}, indent)}>`
    case 'object':
      return typeof node.additionalProperties === 'object'
        ? `{ [name: string]: ${typeOf(node.additionalProperties, indent)} }`
        : fieldsOf(node, indent)
    case 'string':
      return 'string'
    default:
      throw new Error(`the schema has a part that no type is known for: ${JSON.stringify(node).slice(0, 200)}`)
  }
}
