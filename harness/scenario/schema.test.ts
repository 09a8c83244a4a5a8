import { describe, expect, it } from 'vitest'
import { jsonSchema } from './schema.ts'

describe('the JSON Schema', () => {
  it.each(['scenario', 'report', 'recording'] as const)('of a %s is plain JSON of draft 2020-12', (which) => {
    const schema = jsonSchema(which)
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })

  it('of a scenario asks only for what has no default', () => {
    expect(jsonSchema('scenario')['required']).toEqual(['name', 'about', 'topology', 'workloads'])
  })

  it('of a scenario closes every object, so that an editor marks unknown words', () => {
    expect(jsonSchema('scenario')['additionalProperties']).toBe(false)
  })
})
