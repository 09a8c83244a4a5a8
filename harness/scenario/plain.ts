/** What a file exports → plain data (objects, lists, texts, numbers, booleans, null), or why it is not plain data. */
import { printed } from './print.ts'
import type { Problem } from './problem.ts'

const mostValues = 100_000
/** Levels of objects and lists, the outermost included. */
export const deepest = 32
const mostProblems = 50

export type Plain = { readonly value: unknown } | { readonly problems: readonly Problem[] }

/** Never throws, except what a getter of the value throws. Members that are `undefined` count as not there. */
export function plainCopy(input: unknown): Plain {
  const problems: Problem[] = []
  const above: object[] = []
  let values = 0

  function refuse(path: readonly string[], message: string): undefined {
    if (problems.length < mostProblems) problems.push({ path: path.join('.') || 'scenario', message })
    return undefined
  }

  function copy(value: unknown, path: readonly string[]): unknown {
    if (++values > mostValues)
      return values === mostValues + 1 ? refuse([], `must have at most ${mostValues} values, got more`) : undefined
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value
    if (typeof value === 'function') return refuse(path, 'must be plain data, got a function: give what it returns')
    if (typeof value !== 'object') return refuse(path, `must be plain data, got ${printed(value)}`)
    if (above.includes(value))
      return refuse(path, 'must be plain data, got a reference to something that holds it (a cycle)')
    if (above.length >= deepest) return refuse(path, `must be at most ${deepest} levels deep, got more`)
    above.push(value)
    const made = Array.isArray(value) ? list(value, path) : members(value, path)
    above.pop()
    return made
  }

  function list(value: readonly unknown[], path: readonly string[]): unknown {
    if (value.length > mostValues) return refuse(path, `must have at most ${mostValues} members, got ${value.length}`)
    return Array.from(value, (item, index) => copy(item, [...path, String(index)]))
  }

  function members(value: object, path: readonly string[]): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype)
      return refuse(
        path,
        `must be plain data, got a ${className(prototype)}${value instanceof Promise ? ': give what it resolves to, with "await"' : ''}`,
      )
    const made: Record<string, unknown> = {}
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') refuse(path, 'must be plain data, got a member named by a symbol')
      else if (key === '__proto__') refuse(path, 'must not have a member named __proto__')
      else {
        const member: unknown = Reflect.get(value, key)
        if (member !== undefined) made[key] = copy(member, [...path, key])
      }
    }
    return made
  }

  const value = copy(input, [])
  return problems.length > 0 ? { problems } : { value }
}

function className(prototype: unknown): string {
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'class instance'
}
