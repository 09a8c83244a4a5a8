/** One small file a run, from which the index of all runs and their trends are made. */
import { z } from 'zod'
import { list } from './json.ts'
import { betterSchema, outcomeSchema, pairSchema, stateSchema, unitSchema } from './report.ts'

const text = z.string()

const metric = z.object({
  workload: text,
  variant: text,
  metric: text,
  unit: unitSchema,
  better: betterSchema,
  median: z.number(),
  interval: pairSchema.exactOptional(),
})

export const historySchema = z.object({
  schema: z.literal(1),
  run: text,
  at: z.iso.datetime(),
  scenario: text,
  substrate: text,
  /** Host name and machine, such as `rock64 (FreeBSD 15.1-RELEASE arm64)`. */
  host: text,
  /** Of nats-server; several are joined by commas. */
  version: text,
  /** Plans with another digest are not of one trend. */
  digest: text,
  state: stateSchema,
  outcome: outcomeSchema,
  /** What was found, in a few words, as its verdict says it. */
  answer: text.exactOptional(),
  metrics: list(metric),
  /** Path of report.html, relative to the index. */
  link: text,
})

export type HistoryMetric = z.output<typeof metric>
export type HistoryEntry = z.output<typeof historySchema>
