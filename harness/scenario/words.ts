/** Finds the keys that the schema knows at a path, to suggest the nearest one for an unknown key. */
import { z } from 'zod'

type Type = z.core.$ZodType

/** Keys of the object that `schema` has at `path`; none where there is no object. The `kind` in `input` selects the member of a union. */
export function knownKeys(schema: Type, path: readonly PropertyKey[], input: unknown): readonly string[] {
  const type = unwrapped(schema, input)
  if (type === undefined) return []
  const [key, ...rest] = path
  if (key === undefined) return type instanceof z.ZodObject ? Object.keys(type.shape) : []
  const below = typeof input === 'object' && input !== null ? (input as Record<PropertyKey, unknown>)[key] : undefined
  const next = memberOf(type, key)
  return next === undefined ? [] : knownKeys(next, rest, below)
}

function memberOf(type: Type, key: PropertyKey): Type | undefined {
  if (type instanceof z.ZodObject) return (type.shape as Record<PropertyKey, Type>)[key]
  if (type instanceof z.ZodArray) return type.element
  if (type instanceof z.ZodRecord) return type.valueType
  return undefined
}

function unwrapped(schema: Type, input: unknown): Type | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return unwrapped(schema.unwrap(), input)
  if (!(schema instanceof z.ZodUnion)) return schema
  const kind = typeof input === 'object' && input !== null ? (input as { kind?: unknown }).kind : undefined
  return schema.options.find((option) => {
    const tag = option instanceof z.ZodObject ? (option.shape as Record<string, unknown>)['kind'] : undefined
    return tag instanceof z.ZodLiteral && tag.value === kind
  })
}
