import { someTime } from '../model/fields.ts'
import { describe, expect, it } from 'vitest'
import { byteCount, durationMs, durationPattern, sizePattern, someTimePattern } from '../model/units.ts'
import { jsonSchema, schemaNames } from './schema.ts'

describe('the JSON Schema', () => {
  it.each(schemaNames)('of a %s is plain JSON of draft 2020-12', (which) => {
    const schema = jsonSchema(which)
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })

  it('of a scenario lets a file lead editors to it, as the harness does', () => {
    expect(jsonSchema('scenario')['properties']).toHaveProperty('$schema')
  })

  it.each(schemaNames)('of a %s has patterns that every editor reads', (which) => {
    const patterns = found(jsonSchema(which)).flatMap(({ schema }) => schema['pattern'] ?? [])
    expect(which === 'scenario' ? patterns.length : 1).toBeGreaterThan(0)
    for (const pattern of patterns) {
      if (typeof pattern !== 'string') throw new TypeError('a pattern must be text')
      expect(pattern).not.toMatch(/\\[pPwWdDkuU]\{|\\[pPwWdDkQEzZAG]|\(\?[<P]/)
      expect(() => [new RegExp(pattern), new RegExp(pattern, 'u')]).not.toThrow()
    }
  })

  it('of a scenario says of every field what it is', () => {
    const fields = found(jsonSchema('scenario')).filter(({ field }) => field)
    expect(fields.length).toBeGreaterThan(60)
    expect(fields.filter(({ schema }) => typeof schema['description'] !== 'string').map(({ path }) => path)).toEqual([])
  })

  it('of a scenario refuses the durations and sizes that the harness refuses', () => {
    const all = [durationPattern, sizePattern].map((pattern) => new RegExp(pattern, 'u'))
    for (const text of [
      '5ms',
      '1.5s',
      '2m',
      '1h',
      '10ns',
      '10us',
      '10µs',
      '10μs',
      '64KiB',
      '1MB',
      '512',
      '1.5GiB',
      '1.5',
      's',
      '',
    ])
      expect(
        all.map((pattern) => pattern.test(text)),
        text,
      ).toEqual([durationMs(text) !== undefined, byteCount(text) !== undefined])
    expect(JSON.stringify(jsonSchema('scenario'))).toContain(JSON.stringify(durationPattern))
  })

  it.each(['0s', '0.000ms', '00h', '0.001s', '10s', '1m'])(
    'of a scenario takes %s for a time above 0 as the harness does',
    (text) => {
      expect(new RegExp(someTimePattern, 'u').test(text)).toBe(someTime.safeParse(text).success)
      expect(JSON.stringify(jsonSchema('scenario'))).toContain(JSON.stringify(someTimePattern))
    },
  )

  it('of a scenario asks only for what has no default', () => {
    expect(jsonSchema('scenario')['required']).toEqual(['name', 'about', 'topology', 'workloads'])
  })

  it('of a scenario closes every object, so that an editor marks unknown words', () => {
    expect(jsonSchema('scenario')['additionalProperties']).toBe(false)
  })
})

interface Found {
  readonly path: string
  /** Is it a member of an object's properties? */
  readonly field: boolean
  readonly schema: Readonly<Record<string, unknown>>
}

/** All schemas inside a schema. */
function found(schema: unknown, path = '', field = false): readonly Found[] {
  if (typeof schema !== 'object' || schema === null) return []
  if (Array.isArray(schema)) return schema.flatMap((each, i) => found(each, `${path}[${i}]`))
  const own = schema as Readonly<Record<string, unknown>>
  return [
    ...(field || 'type' in own ? [{ path, field, schema: own }] : []),
    ...Object.entries(own).flatMap(([key, value]) => {
      if (key === 'enum' || key === 'default' || key === 'const') return []
      if (key !== 'properties') return found(value, `${path}.${key}`)
      return Object.entries(value as object).flatMap(([name, each]) => found(each, `${path}.${name}`, true))
    }),
  ]
}
