/** Runs beside each other: what differs between them, and what that makes of their numbers. */
import type { MainTime } from './kinds/kind.ts'
import type { HostFacts } from './facts.ts'
import type { Plan } from './plan.ts'
import type { HistogramData } from './recording.ts'
import type { Outcome, Unit } from './report.ts'

export interface ComparedRun {
  readonly run: string
  /** Short and different for every run of the comparison. */
  readonly label: string
  readonly at: string
  readonly scenario: string
  readonly substrate: Plan['substrate']
  readonly outcome: Outcome
  readonly host: HostFacts
}

/** One thing that is not the same in all runs; one text a run, absent where unknown. */
export interface Difference {
  readonly what: string
  readonly texts: readonly (string | undefined)[]
}

export interface ComparedValue {
  /** One a block. */
  readonly values: readonly number[]
  readonly median?: number
  /** More than half of it is the generator's own send lag. */
  readonly lagged?: true
  readonly interval?: readonly [number, number]
  readonly confidence?: number
}

/** Against the first run. */
export interface Ratio {
  readonly value: number
  /** Hodges–Lehmann on logarithms; absent with too few blocks. */
  readonly interval?: readonly [number, number]
  readonly confidence?: number
}

export interface ComparedRow {
  readonly workload: string
  readonly variant: string
  readonly metric: string
  /** `core`, `GHz`, `CPU-second of the server`, `floor`: what the number was divided by; absent for the raw number. */
  readonly per?: string
  /** `ratio`: a number without unit, such as latency over floor. */
  readonly unit: Unit | 'ratio'
  readonly better: 'lower' | 'higher'
  /** One a run; absent where the run has no such number. */
  readonly runs: readonly (ComparedValue | undefined)[]
  /** One a run; the first is absent. */
  readonly ratios: readonly (Ratio | undefined)[]
}

export interface ComparedCurve {
  readonly workload: string
  readonly variant: string
  readonly name: MainTime
  readonly runs: readonly (HistogramData | undefined)[]
  readonly floors: readonly (HistogramData | undefined)[]
}

export interface Comparison {
  readonly schema: 1
  readonly runs: readonly ComparedRun[]
  readonly differences: readonly Difference[]
  /** Sentences: what makes this comparison unfair or impossible, and what is to be known of an imported file. */
  readonly unfair: readonly string[]
  readonly rows: readonly ComparedRow[]
  readonly curves: readonly ComparedCurve[]
}
