/** Runs beside each other: what differs between them, and what that makes of their numbers. Public as `bench compare --json`. */
import { z } from 'zod'
import { factsSchema } from './facts.ts'
import { list } from './json.ts'
import { mainTimes } from './kinds/kind.ts'
import { planSchema } from './plan.ts'
import { histogramSchema } from './recording.ts'
import { betterSchema, outcomeSchema, pairSchema, unitSchema } from './report.ts'

const number = z.number()
const text = z.string()
/** In a list a run without it has `null` in JSON, nothing here. */
const maybe = <T extends z.ZodType>(item: T) => z.union([item, z.null().transform(() => undefined)])

const comparedRun = z.object({
  run: text,
  /** Short and different for every run of the comparison. */
  label: text,
  /** Which run that is, where the label is a letter. */
  name: text.exactOptional(),
  at: text,
  scenario: text,
  substrate: planSchema.shape.substrate,
  outcome: outcomeSchema,
  host: factsSchema.shape.host,
})

/** One thing that is not the same in all runs; one text a run, absent where unknown. */
const difference = z.object({ what: text, texts: list(maybe(text)) })

const comparedValue = z.object({
  /** One a block. */
  values: list(number),
  median: number.exactOptional(),
  /** More than half of it is the generator's own send lag. */
  lagged: z.literal(true).exactOptional(),
  interval: pairSchema.exactOptional(),
  confidence: number.exactOptional(),
})

/** Against the first run. */
const ratio = z.object({
  value: number,
  /** Hodges–Lehmann on logarithms; absent with too few blocks. */
  interval: pairSchema.exactOptional(),
  confidence: number.exactOptional(),
})

const comparedRow = z.object({
  workload: text,
  variant: text,
  metric: text,
  /** `core`, `GHz`, `CPU-second of the server`, `floor`: what the number was divided by; absent for the raw number. */
  per: text.exactOptional(),
  /** `ratio`: a number without unit, such as latency over floor. */
  unit: z.enum([...unitSchema.options, 'ratio']),
  better: betterSchema,
  /** One a run; absent where the run has no such number. */
  runs: list(maybe(comparedValue)),
  /** One a run; the first is absent. */
  ratios: list(maybe(ratio)),
})

const comparedCurve = z.object({
  workload: text,
  variant: text,
  name: z.enum(mainTimes),
  runs: list(maybe(histogramSchema)),
  floors: list(maybe(histogramSchema)),
})

export const comparisonSchema = z.object({
  schema: z.literal(1),
  runs: list(comparedRun),
  differences: list(difference),
  /** Sentences: what makes this comparison unfair or impossible, and what is to be known of an imported file. */
  unfair: list(text),
  rows: list(comparedRow),
  curves: list(comparedCurve),
})

export type ComparedRun = Readonly<z.output<typeof comparedRun>>
export type Difference = Readonly<z.output<typeof difference>>
export type ComparedValue = Readonly<z.output<typeof comparedValue>>
export type Ratio = Readonly<z.output<typeof ratio>>
export type ComparedRow = Readonly<z.output<typeof comparedRow>>
export type ComparedCurve = Readonly<z.output<typeof comparedCurve>>
export type Comparison = Readonly<z.output<typeof comparisonSchema>>
