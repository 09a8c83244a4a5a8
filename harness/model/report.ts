/** What it means. `report.json`: public and versioned. */
import type { Facts, Thermals } from './facts.ts'
import type { HistogramData } from './recording.ts'
import type { Plan } from './plan.ts'

export type Unit = 'msg/s' | 'B/s' | 'ns' | 'us/msg' | 'share' | 'count' | 'B' | '1/msg'
export type Outcome = 'pass' | 'unknown' | 'fail'

export interface Value {
  readonly variant: string
  readonly block: number
  /** Absent where it cannot be told, such as a tail of fewer than 10 samples. */
  readonly value?: number
  /** Rank-based interval of a quantile within this block. */
  readonly interval?: readonly [number, number]
}

export interface Measurement {
  readonly workload: string
  /** See model/metric.ts. */
  readonly metric: string
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly values: readonly Value[]
}

/** Median over the blocks of one variant with its interval; made from values of a Measurement. */
export interface Summary {
  readonly workload: string
  readonly metric: string
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly variant: string
  readonly blocks: number
  readonly median?: number
  /** Over blocks; absent with fewer than the interval needs. `confidence` says which. */
  readonly interval?: readonly [number, number]
  readonly confidence?: number
  readonly min?: number
  readonly max?: number
}

export interface Series {
  /** Workload, or node for CPU. */
  readonly of: string
  readonly metric: string
  readonly unit: Unit
  readonly variant: string
  readonly block: number
  /** Seconds since the block's start (end of the span), value. */
  readonly points: readonly (readonly [number, number])[]
}

export interface ThermalReading extends Thermals {
  readonly variant: string
  readonly block: number
  /** Seconds since the block's start. */
  readonly at: number
}

export interface Finding {
  readonly about: string
  readonly rule: string
  readonly outcome: Outcome
  /** Number seen, number wanted, the runs behind it, what to do. */
  readonly because: string
}

export interface Verdict {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
}

export type Limiter = 'generator' | 'server' | 'receiver' | 'machine' | 'rate' | 'latency' | 'unknown'

export interface Bottleneck {
  readonly variant: string
  /** `rate`: nothing was at its limit, the schedule set the rate. `latency`: closed loop, waiting sets it. */
  readonly limiter: Limiter
  /** With the figures. */
  readonly because: string
}

/** Merged over the measured windows of all blocks of a variant. */
export interface NamedHistogram {
  readonly workload: string
  readonly name: string
  readonly variant: string
  readonly data: HistogramData
}

/** Shares of one core, median over blocks. */
export interface NodeCost {
  readonly node: string
  readonly variant: string
  readonly cpuShare: number
  readonly memoryBytes?: number
  readonly cpuMicrosPerMessage?: number
}

export interface Report {
  readonly schema: 1
  readonly run: string
  readonly at: string
  readonly state: 'complete' | 'interrupted' | 'failed'
  readonly because?: string
  readonly plan: Plan
  readonly facts: Facts
  readonly health: readonly Finding[]
  readonly bottlenecks: readonly Bottleneck[]
  readonly measurements: readonly Measurement[]
  readonly summaries: readonly Summary[]
  readonly nodes: readonly NodeCost[]
  readonly histograms: readonly NamedHistogram[]
  readonly series: readonly Series[]
  /** Marks on the time line of blocks: faults, garbage collections over 10 ms. Seconds since the block's start. */
  readonly marks: readonly {
    readonly block: number
    readonly from: number
    readonly to: number
    readonly what: string
  }[]
  /** Of the host right before and after each measured window; absent where it tells nothing. */
  readonly thermals?: readonly ThermalReading[]
  readonly verdict: Verdict
}
