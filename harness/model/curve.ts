/** What a curve answers: the highest sustainable rate, and latency at shares of it. In report.json as `curve`. */
import { z } from 'zod'
import { list } from './json.ts'
import type { Finding, Outcome } from './report.ts'

const number = z.number()

/** One try of a rate. */
export const trialSchema = z.object({
  perSecond: number,
  /** Messages a second that were really sent and received. */
  reached: number,
  /** The latency quantile that the limit is about; absent where it could not be told. */
  latencyNs: number.exactOptional(),
  /** More than half of it is the generator's own send lag. */
  lagged: z.boolean().exactOptional(),
  lost: number,
  late: number,
})

/** One rate of the search, all its trials together. */
const triedRate = z.object({
  perSecond: number,
  trials: number,
  kept: number,
  sustained: z.boolean(),
  /** Why trials of it were not sustained, each reason once. */
  reasons: list(z.string()),
})

/** One share of the sustainable rate; of several workloads the slowest. */
const rung = z.object({
  share: number,
  perSecond: number,
  /** Medians over blocks; absent where they could not be told. */
  p50Ns: number.exactOptional(),
  p99Ns: number.exactOptional(),
  /** Latencies measured in a block, of the workload that has fewest. */
  samples: number.exactOptional(),
  /** Latencies that a block must have for its p99; only where p99 is absent. */
  samplesNeeded: number.exactOptional(),
})

export const curveSchema = z.object({
  /** Messages a second. */
  sustainable: number,
  because: z.string(),
  rates: list(triedRate),
  rungs: list(rung),
  knee: z.object({ perSecond: number, latencyNs: number }).exactOptional(),
  /** Measured time of each block. */
  measureMs: number,
})

export type Trial = Readonly<z.output<typeof trialSchema>>
export type TriedRate = Readonly<z.output<typeof triedRate>>
export type Rung = Readonly<z.output<typeof rung>>
export type CurveResult = Readonly<z.output<typeof curveSchema>>

/** The variant that measures a share of the sustainable rate. */
export function loadName(share: number): string {
  return `load=${Math.round(share * 100)}`
}

/** With its verdict: what is printed of a curve. */
export interface ToldCurve extends CurveResult {
  readonly scenario: string
  readonly outcome: Outcome
  /** All that is not well. What an overload must bring about passes, and says so. */
  readonly findings: readonly Finding[]
  /** Remarks of the run's health: shown, and without effect on the verdict. */
  readonly remarks: readonly Finding[]
}
