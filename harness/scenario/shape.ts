/** Errors of the zod schema → problems in our own words. */
import type { z } from 'zod'
import { listed } from '../model/listed.ts'
import { suggestion } from './nearest.ts'
import { printed, visible } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { knownKeys } from './words.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** `input` is the value that was checked against `schema`. */
export function shapeProblems(error: z.core.$ZodError, input: unknown, schema: z.core.$ZodType): readonly Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, input, schema))
}

function problemsOf(issue: Issue, input: unknown, schema: z.core.$ZodType): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path, input)
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key], input),
      message: `must be a known word, got ${printed(key)}${suggestion(key, known)}`,
    }))
  }
  const came = valueAt(input, issue.path)
  if (issue.code === 'invalid_key') {
    const name = issue.path.at(-1)
    const must = issue.issues[0]?.message ?? 'must be a known name'
    return problemAt(
      pathText(issue.path, input),
      `${must.replace(/^must be (a name of )?/, 'must have a name of ')}, got ${printed(name)}`,
    )
  }
  return problemAt(pathText(issue.path, input), `${must(issue, came)}, got ${printed(came)}${near(issue, came)}`)
}

/** Messages of our own schema begin with `must`; those of zod are replaced. */
function must(issue: Issue, came: unknown): string {
  if (issue.message.startsWith('must'))
    return came === undefined ? issue.message.replace(/^must be/, 'must be given as') : issue.message
  const given = came === undefined ? 'must be given as' : 'must be'
  switch (issue.code) {
    case 'invalid_type':
      return `${given} ${typeWords[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `${given} ${oneOf(issue.values.map(String))}`
    case 'invalid_union':
      return `${given} ${oneOf(unionTags(issue))}`
    case 'too_small':
      return `${given} ${issue.origin === 'array' ? 'a list of ' : ''}at least ${issue.minimum}`
    case 'too_big':
      return `${given} ${issue.origin === 'array' ? 'a list of ' : ''}at most ${issue.maximum}`
    default:
      return `must be valid (${issue.message})`
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

function oneOf(values: readonly string[]): string {
  if (values.length === 0) return 'a known value'
  return listed(
    values.map((value) => `"${value}"`),
    'or',
  )
}

/** The values of `kind` that a discriminated union accepts. */
function unionTags(issue: Issue): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
}

function near(issue: Issue, came: unknown): string {
  if (typeof came !== 'string') return ''
  const known =
    issue.code === 'invalid_value' ? issue.values.map(String) : issue.code === 'invalid_union' ? unionTags(issue) : []
  const found = known.length === 0 ? '' : suggestion(came, known)
  return found.startsWith(' (did') ? found : ''
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined
  }, input)
}

/** Names workloads by their name where that is usable, as authors and variants do. */
export function pathText(path: Path, input: unknown): string {
  if (path.length === 0) return 'scenario'
  return path
    .map((key, index) => {
      if (index === 1 && path[0] === 'workloads') return workloadName(input, key)
      return visible(String(key))
    })
    .join('.')
}

function workloadName(input: unknown, key: PropertyKey): string {
  const all = valueAt(input, ['workloads'])
  const nameOf = (item: unknown) => valueAt(item, ['name'])
  const name = nameOf(valueAt(all, [key]))
  const unique = Array.isArray(all) && all.filter((other) => nameOf(other) === name).length === 1
  return typeof name === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(name) && unique ? name : String(key)
}
