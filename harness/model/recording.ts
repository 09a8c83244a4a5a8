/**
 * What was observed. `recording.ndjson` is a list of Lines; from it alone every number can be made again.
 * All times are nanoseconds since the block's start instant unless they say otherwise. Public: a change needs a version step.
 */
import type { Facts, Thermals } from './facts.ts'
import type { Assignment, Phases, Plan } from './plan.ts'

export const protocolVersion = 1

/** Sparse log-linear histogram: index, count, index, count ... Differences, so they add in any order. See agent/histogram.ts. */
export interface HistogramData {
  readonly significantBits: number
  readonly min: number
  readonly max: number
  readonly total: number
  readonly buckets: readonly number[]
}

export interface Counts {
  readonly sent: number
  readonly received: number
  /** Payload bytes sent or received, headers included. */
  readonly bytes: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
  /** Messages that the schedule had due and that were not sent, or requests that timed out. */
  readonly late: number
  /** One-way latencies below zero: the clocks cannot be trusted. */
  readonly negative: number
  /** Messages that carried no readable stamp. */
  readonly undecodable: number
}

/** What the agent's own process used, in the span of one sample. */
export interface Meter {
  readonly cpuUserMicros: number
  readonly cpuSystemMicros: number
  readonly memoryBytes: number
  readonly switchesVoluntary: number
  readonly switchesInvoluntary: number
  readonly loopLagMaxNs: number
  readonly gcCount: number
  readonly gcNs: number
}

export interface Usage {
  /** Since the node's (or its current programs') start; only grows within a block. */
  readonly cpuUserMicros: number
  readonly cpuSystemMicros: number
  readonly memoryBytes: number
  readonly switchesVoluntary?: number
  readonly switchesInvoluntary?: number
  /** The grain of the CPU times above. */
  readonly resolutionMicros: number
}

export interface ClockFacts {
  /** Monotonic nanoseconds now, decimal text. */
  readonly now: string
  /** Smallest step seen between two reads. */
  readonly tickNs: number
  readonly readCostNs: number
  /** `/proc/self/timens_offsets` of the node, where there is one; clocks with other offsets are not comparable. */
  readonly offsets?: string
}

/**
 * What a histogram is of.
 * latency: due time → received (one way). service: real send → received. rtt: due time → reply. rttService: real send → reply.
 * lag: due time → real send. floor: raw TCP round trip.
 */
export type HistogramName = 'latency' | 'service' | 'rtt' | 'rttService' | 'lag' | 'floor'

export type Phase = 'warmup' | 'measure' | 'cooldown'

/** One line of an agent's stdout, or of the lab. */
export type Frame =
  | {
      readonly t: 'hello'
      readonly protocol: number
      readonly agent: string
      readonly node: string
      readonly runtime: string
      readonly clock: ClockFacts
    }
  | { readonly t: 'ready'; readonly now: string }
  | {
      readonly t: 'sample'
      readonly from: number
      readonly to: number
      readonly phase: Phase
      readonly counts: Counts
      readonly histograms: Readonly<Partial<Record<HistogramName, HistogramData>>>
      readonly meter: Meter
    }
  /** Totals of the block. `perPublisher`: messages sent (publisher, requester) or distinct ones received, by publisher number. */
  | { readonly t: 'done'; readonly counts: Counts; readonly perPublisher: Readonly<Record<string, number>> }
  | { readonly t: 'failed'; readonly code: string; readonly message: string }
  | { readonly t: 'usage'; readonly at: number; readonly usage: Usage }
  | {
      readonly t: 'server'
      readonly at: number
      readonly node: string
      readonly counters: Readonly<Record<string, number>>
    }
  /** Right before and after the measured window. */
  | { readonly t: 'thermals'; readonly at: number; readonly thermals: Thermals }
  | { readonly t: 'fault'; readonly at: number; readonly kind: string; readonly on: boolean }

/** What the lab writes to an agent's stdin. */
export type Command =
  | {
      readonly t: 'assign'
      readonly protocol: number
      readonly token: string
      readonly phases: Phases
      readonly assignment: Assignment
      /** Senders of the block that keep to a schedule, on this machine: they share its cores. 1 when not said. */
      readonly pacedSenders?: number
    }
  /** Monotonic nanoseconds of the node's own clock, decimal text. */
  | { readonly t: 'start'; readonly at: string }
  /** Publishers have finished: receive what is on its way, then say `done`. */
  | { readonly t: 'finish' }

export type Line =
  | { readonly t: 'plan'; readonly schema: 1; readonly run: string; readonly at: string; readonly plan: Plan }
  | { readonly t: 'facts'; readonly facts: Facts }
  /** `startedAt`: wall clock, ISO 8601. */
  | { readonly t: 'block'; readonly block: number; readonly variant: string; readonly startedAt: string }
  /** `from`: assignment id for agents, node name for usage, `lab` for faults and thermals. */
  | { readonly t: 'frame'; readonly block: number; readonly from: string; readonly frame: Frame }
  | { readonly t: 'blockEnd'; readonly block: number; readonly outcome: 'ok' | 'failed'; readonly because?: string }
  | { readonly t: 'end'; readonly outcome: 'complete' | 'interrupted' | 'failed'; readonly because?: string }
