/** What is said of a metric: the shape of an entry of model/metric-table.ts. */
import type { KindFacts } from './kinds/kind.ts'
import type { Workload } from './kinds/kinds.ts'
import type { Method } from './methods.ts'
import type { Job } from './plan.ts'
import type { HistogramName } from './recording.ts'
import type { Unit } from './report.ts'

export const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999, 'p99.99': 0.9999 } as const
export type QuantileName = keyof typeof quantiles
/** What is told of a time: its quantiles and its largest value. */
export type Told = QuantileName | 'max'

/**
 * Where a metric is shown or used beyond the full tables, which have all.
 * `first`: the terminal's first view. `variants`: columns that tell variants apart. `blocks`: a block's row in the HTML report.
 * `compare`: `bench compare`. `check`: judged by `bench check`. `history`, `trend`: kept for, and drawn in, the index of all runs.
 */
export type View = 'first' | 'variants' | 'blocks' | 'compare' | 'check' | 'history' | 'trend'

/** What the metrics of one workload in one block are made from; stats/ measures it. */
export interface Measured {
  /** Messages and payload bytes a second in the measured window; absent where no agent measured anything. */
  readonly perSecond?: number
  readonly bytesPerSecond?: number
  readonly cpuMicrosPerMessage?: number
  /** CPU time of all servers for each message of this workload. */
  readonly serverMicrosPerMessage?: number
  readonly switchesPerMessage?: number
  /** Bytes: the largest resident memory of one server in the measured window, and what it grew by, the largest of any server. */
  readonly serverMemory?: number
  readonly serverGrowth?: number
  /** Of a queue group: what its least served member received over an even share, 0 to 1. */
  readonly evenness?: number
  readonly memoryBytes: number
  readonly loss?: number
  /** Answered with an error instead of an acknowledgement. */
  readonly refused?: number
  /** Updates that expected another revision than the one that was there. */
  readonly conflicts?: number
  /** Reads of a value just acknowledged that found an older one. */
  readonly staleReads?: number
  /** Messages that the stream did not store, for it has one of their id. */
  readonly deduplicated?: number
  /** Acknowledged and not stored, stored and not acknowledged; absent where it cannot be told. */
  readonly lostAcked?: number
  readonly recovered?: number
  /** Bytes of the stream a message. */
  readonly storedBytes?: number
  /** Longest time in the measured window without a message for one of its agents, in ns. */
  readonly gapNs?: number
  /** Of its worst fault in the block, in ns; see stats/fault-numbers.ts. */
  readonly resumeNs?: number
  readonly backHalfNs?: number
  readonly backMostNs?: number
  readonly backAllNs?: number
  readonly settleNs?: number
  /** Of a consumer: acknowledged to the publisher and never delivered; largest lag; growth of its ack floor; deliveries after the first. */
  readonly undelivered?: number
  readonly consumerLag?: number
  readonly ackRate?: number
  readonly redelivered?: number
  readonly totals: { readonly duplicated: number; readonly reordered: number; readonly late: number }
}

interface Common {
  /** For tables that people read. */
  readonly label: string
  /** For whoever meets the name in a limit or an export. */
  readonly about: string
  /** How it is made: its paragraph under "How the numbers were made". */
  readonly method: Method
  /** The number is read from stamps, which the smallest messages do not carry. */
  readonly stamped?: true
}

/** One number a block. */
export interface ValueEntry extends Common {
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly of: (kind: KindFacts<Workload, Job>) => boolean
  readonly value: (measured: Measured) => number | undefined
  readonly views: readonly View[]
}

/** A distribution: a metric for each quantile and one for the largest value, in ns, lower is better. Kinds say which they record. */
export interface TimeEntry extends Common {
  readonly histogram: HistogramName
  /** Only open arrivals have a due time to be late for. */
  readonly openOnly?: true
  readonly views: Readonly<Partial<Record<View, readonly Told[]>>>
}

/** Views of a time that stands for its workload, and of its sibling that counts from the real send. */
export const mainViews: TimeEntry['views'] = {
  first: ['p50', 'p99', 'p99.9', 'p99.99'],
  variants: ['p50', 'p99', 'p99.9'],
  blocks: ['p50', 'p99', 'p99.9', 'max'],
  compare: ['p50', 'p99', 'p99.9'],
  check: ['p50', 'p99'],
  history: ['p50', 'p99'],
  trend: ['p50', 'p99'],
}
export const serviceViews: TimeEntry['views'] = { compare: ['p50', 'p99', 'p99.9'] }
