/** The zod schema of report.json, for `bench schema report`. A type test holds it equal to the type in report.ts. */
import { z } from 'zod'
import { list } from './kinds/parts.ts'
import { planSchema } from './plan-schema.ts'
import { factsSchema, histogramSchema, thermalsShape } from './recording-schema.ts'

const number = z.number()
const text = z.string()
const unit = z.enum(['msg/s', 'B/s', 'ns', 'us/msg', 'share', 'count', 'B', '1/msg'])
const better = z.enum(['lower', 'higher'])
const outcome = z.enum(['pass', 'unknown', 'fail'])
const pair = z.tuple([number, number]).readonly()
const measured = { workload: text, metric: text, unit, better }
const finding = z.strictObject({ about: text, rule: text, outcome, because: text })
const value = z.strictObject({
  variant: text,
  block: number,
  value: number.exactOptional(),
  interval: pair.exactOptional(),
})

export const reportSchema = z.strictObject({
  schema: z.literal(1),
  run: text,
  at: text,
  state: z.enum(['complete', 'interrupted', 'failed']),
  because: text.exactOptional(),
  plan: planSchema,
  facts: factsSchema,
  health: list(finding),
  bottlenecks: list(
    z.strictObject({
      variant: text,
      limiter: z.enum(['generator', 'server', 'receiver', 'machine', 'rate', 'latency', 'unknown']),
      because: text,
    }),
  ),
  measurements: list(z.strictObject({ ...measured, values: list(value) })),
  summaries: list(
    z.strictObject({
      ...measured,
      variant: text,
      blocks: number,
      median: number.exactOptional(),
      interval: pair.exactOptional(),
      confidence: number.exactOptional(),
      min: number.exactOptional(),
      max: number.exactOptional(),
    }),
  ),
  nodes: list(
    z.strictObject({
      node: text,
      variant: text,
      cpuShare: number,
      memoryBytes: number.exactOptional(),
      cpuMicrosPerMessage: number.exactOptional(),
    }),
  ),
  histograms: list(z.strictObject({ workload: text, name: text, variant: text, data: histogramSchema })),
  series: list(z.strictObject({ of: text, metric: text, unit, variant: text, block: number, points: list(pair) })),
  marks: list(z.strictObject({ block: number, from: number, to: number, what: text })),
  thermals: list(z.strictObject({ variant: text, block: number, at: number, ...thermalsShape })).exactOptional(),
  verdict: z.strictObject({ outcome, findings: list(finding) }),
})
