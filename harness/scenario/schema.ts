/** JSON Schemas of the public formats, made from zod schemas. */
import { z } from 'zod'
import { checkReportSchema } from '../model/check-report.ts'
import { comparisonSchema } from '../model/comparison.ts'
import { lineSchema } from '../model/recording.ts'
import { reportSchema } from '../model/report.ts'
import { scenarioSchema } from '../model/scenario.ts'

export type SchemaName = 'scenario' | 'report' | 'recording' | 'check' | 'comparison'

interface Format {
  readonly title: string
  readonly schema: z.ZodType
  /** `input`: as people write it, where defaults may be left out. `output`: as the harness writes it. */
  readonly io: 'input' | 'output'
}

const formats: Readonly<Record<SchemaName, Format>> = {
  scenario: { title: 'Scenario of the NATS jail harness', schema: scenarioSchema, io: 'input' },
  report: { title: 'report.json of the NATS jail harness, version 1', schema: reportSchema, io: 'output' },
  recording: {
    title: 'One line of recording.ndjson of the NATS jail harness, version 2',
    schema: lineSchema,
    io: 'output',
  },
  check: { title: 'One check of `bench check --json`, version 1', schema: checkReportSchema, io: 'output' },
  comparison: { title: 'The comparison of `bench compare --json`, version 1', schema: comparisonSchema, io: 'input' },
}

export const schemaNames = Object.keys(formats) as readonly SchemaName[]

/** The field by which an editor finds the schema; the harness ignores it. */
const led = { type: 'string', description: 'Where editors find this schema; the harness does not read it.' }

/** JSON Schema 2020-12. What a schema cannot express, such as relations between parts, `bench validate` checks. */
export function jsonSchema(which: SchemaName): Readonly<Record<string, unknown>> {
  const { title, schema, io } = formats[which]
  const { $schema, ...rest } = z.toJSONSchema(schema, { io })
  return which === 'scenario'
    ? { $schema, title, ...rest, properties: { $schema: led, ...rest.properties } }
    : { $schema, title, ...rest }
}
