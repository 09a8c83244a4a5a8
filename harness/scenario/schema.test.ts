import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import type { Plan } from '../model/plan.ts'
import type { planSchema } from '../model/plan-schema.ts'
import type { Line } from '../model/recording.ts'
import type { lineSchema } from '../model/recording-schema.ts'
import type { Report } from '../model/report.ts'
import type { reportSchema } from '../model/report-schema.ts'
import { jsonSchema } from './schema.ts'

/** Without `readonly`, which zod does not infer; members, optional or not, must be the same. `tsc` fails where they are not. */
type Plain<T> = { -readonly [K in keyof T]: Plain<T[K]> }

describe('the schemas of the public formats', () => {
  it('describe the same plans as the TypeScript type', () => {
    expectTypeOf<Plain<z.output<typeof planSchema>>>().toEqualTypeOf<Plain<Plan>>()
  })

  it('describe the same lines of a recording as the TypeScript type', () => {
    expectTypeOf<Plain<z.output<typeof lineSchema>>>().toEqualTypeOf<Plain<Line>>()
  })

  it('describe the same reports as the TypeScript type', () => {
    expectTypeOf<Plain<z.output<typeof reportSchema>>>().toEqualTypeOf<Plain<Report>>()
  })
})

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
