/**
 * What was measured. `recording.ndjson` is a list of Lines; from it alone every number can be made again.
 * All times are nanoseconds since the block's start instant unless they say otherwise. Public: a change needs a version step.
 */
import { z } from 'zod'
import { cpuTimeSchema, factsSchema, thermalsSchema } from './facts.ts'
import { dictionary, finite, list } from './json.ts'
import { streamFrames } from './recording-streams.ts'
import { planSchema, type Assignment, type Phases } from './plan.ts'

/** Of the conversation with an agent. 2: histograms of its samples are coded by gaps. */
export const protocolVersion = 2

const number = finite
const text = z.string()
/** 1: sample frames carry `buckets` as a report does, index, count, index, count ... 2: they carry `gaps`. */
const recordingSchemas = [1, 2] as const

const measured = { significantBits: number, min: number, max: number, total: number }

/** Sparse log-linear histogram. Differences, so they add in any order. See agent/histogram.ts. */
export const histogramSchema = z.object({
  ...measured,
  /** Index, count, index, count ... */
  buckets: list(number),
})

/** The same as a frame carries it: neighbours lie close, so that distances are shorter than indexes. */
const gapsSchema = z.object({
  ...measured,
  /** Distance from the bucket before (from 0 for the first), count, distance, count ... as text; see agent/gap-text.ts. */
  gaps: text.regex(/^[A-Za-z0-9+/]*$/),
})

const counts = z.object({
  sent: number,
  received: number,
  /** Payload bytes sent or received, headers included. */
  bytes: number,
  lost: number,
  duplicated: number,
  reordered: number,
  /** Messages that the schedule had due and that were not sent, or requests that timed out. */
  late: number,
  /** One-way latencies below zero: the clocks cannot be trusted. */
  negative: number,
  /** Messages that carried no readable stamp. */
  undecodable: number,
})

/** What the agent's own process used, in the span of one sample. */
const meter = z.object({
  cpuUserMicros: number,
  cpuSystemMicros: number,
  memoryBytes: number,
  switchesVoluntary: number,
  switchesInvoluntary: number,
  gcCount: number,
  gcNs: number,
})

const usage = z.object({
  /** Since the node's (or its current programs') start; only grows within a block. */
  cpuUserMicros: number,
  cpuSystemMicros: number,
  memoryBytes: number,
  switchesVoluntary: number.exactOptional(),
  switchesInvoluntary: number.exactOptional(),
})

const clock = z.object({
  /** Monotonic nanoseconds now, decimal text. */
  now: text,
  /** Smallest step seen between two reads. */
  tickNs: number,
  readCostNs: number,
  /** `/proc/self/timens_offsets` of the node, where there is one; clocks with other offsets are not comparable. */
  offsets: text.exactOptional(),
})

/**
 * What a histogram is of.
 * latency: due time → received (one way). service: real send → received. rtt: due time → reply. rttService: real send → reply.
 * ack: due time → PubAck of a stream. ackService: real send → PubAck. lag: due time → real send. floor: raw TCP round trip.
 * confirm: acknowledgement of a consumer → the server's confirmation. fetch: request for a batch → its last message.
 */
export const histogramNames = [
  'latency',
  'service',
  'rtt',
  'rttService',
  'ack',
  'ackService',
  'confirm',
  'fetch',
  'lag',
  'floor',
] as const

const gapSchema = z.object({ from: number, to: number })
const phase = z.enum(['warmup', 'measure', 'cooldown'])

/** No block takes longer than 24 hours (scenario/time.ts); a time line is made up to here. */
export const latestNs = 48 * 3600e9
const instant = finite.max(latestNs)

export const sampleSchema = z.object({
  t: z.literal('sample'),
  from: instant,
  to: instant,
  phase,
  counts,
  histograms: z.partialRecord(z.enum(histogramNames), z.union([gapsSchema, histogramSchema])),
  /** Longest time in which a subscription got nothing, or no answer came: ended in this sample or not over at its end. */
  gap: gapSchema.exactOptional(),
  /** The longest where all count from the begin of the measured window; only where that is another one. */
  gapInWindow: gapSchema.exactOptional(),
  meter,
})

/** One line of an agent's stdout, or of the lab. */
export const frameSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), protocol: number, agent: text, node: text, runtime: text, clock }),
  z.object({ t: z.literal('ready'), now: text }),
  sampleSchema,
  /** Totals of the block. `perPublisher`: messages sent (publisher, requester) or distinct ones received, by publisher number. */
  z.object({
    t: z.literal('done'),
    counts,
    perPublisher: dictionary(number),
    /** Messages that each connection received in the whole block; of members of a queue group. */
    perConnection: z.array(number).exactOptional(),
  }),
  z.object({ t: z.literal('failed'), code: text, message: text }),
  z.object({ t: z.literal('usage'), at: number, usage }),
  z.object({ t: z.literal('server'), at: number, node: text, counters: dictionary(number) }),
  /** Right before and after the measured window. */
  z.object({ t: z.literal('thermals'), at: number, thermals: thermalsSchema }),
  /** Of the host, at both ends of the measured window. */
  z.object({ t: z.literal('machine'), at: number, cpu: cpuTimeSchema }),
  ...streamFrames,
  /**
   * `kind`: as `kill leader of orders`. `nodes`: those that it met. `whole`, at its end: since when it was there as planned, for its
   * commands take time (a disk is filled); absent where it never was.
   */
  z.object({
    t: z.literal('fault'),
    at: number,
    kind: text,
    on: z.boolean(),
    nodes: list(text).exactOptional(),
    whole: number.exactOptional(),
  }),
  /** Packets between two nodes, `arrived` at the second and `returned` to the first; `overtaken`: came back after a later one. */
  z.object({
    t: z.literal('network'),
    at: number,
    fault: text,
    when: z.enum(['before', 'during']),
    from: text,
    to: text,
    sent: number,
    arrived: number,
    returned: number,
    overtaken: number,
    rttNs: z.object({ p50: number, p99: number }).exactOptional(),
    /** Of a burst, at its return. */
    bitsPerSecond: number.exactOptional(),
  }),
  /** Writes of 4 KiB to the disk of a node, each with an fsync: how many were made, and what one took. */
  z.object({
    t: z.literal('disk'),
    at: number,
    fault: text,
    when: z.enum(['before', 'during']),
    node: text,
    writes: number,
    writeNs: z.object({ p50: number, max: number }).exactOptional(),
  }),
  /** A connection of an agent was lost, or is open again. `connection`: from 0. `because`: why it was lost. */
  z.object({
    t: z.literal('connection'),
    at: number,
    connection: number,
    state: z.enum(['lost', 'open']),
    server: text,
    because: text.exactOptional(),
  }),
  /** A line in which a server says why it cut off a client. */
  z.object({ t: z.literal('cutOff'), node: text, line: text }),
])

const because = text.exactOptional()
/** Its index in the plan, from 0; one that a check added is beyond. */
const block = z.int().min(0)
const frameLine = z.object({
  t: z.literal('frame'),
  block,
  /** Assignment id for agents, node name for usage, `lab` for faults and for what is read of the host. */
  from: text,
  frame: frameSchema,
})

export const lineSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('plan'), schema: z.literal(recordingSchemas), run: text, at: text, plan: planSchema }),
  z.object({ t: z.literal('facts'), facts: factsSchema }),
  /** `startedAt`: wall clock, ISO 8601. */
  z.object({ t: z.literal('block'), block, variant: text, startedAt: text }),
  frameLine,
  z.object({ t: z.literal('blockEnd'), block, outcome: z.enum(['ok', 'failed']), because }),
  z.object({ t: z.literal('end'), outcome: z.enum(['complete', 'interrupted', 'failed']), because }),
])

export type HistogramData = z.output<typeof histogramSchema>
export type HistogramGaps = z.output<typeof gapsSchema>
/** Of a frame; with `buckets` in recordings of schema 1. */
export type SampleHistogram = HistogramGaps | HistogramData
export type Counts = z.output<typeof counts>
export type Meter = z.output<typeof meter>
export type Usage = z.output<typeof usage>
export type ClockFacts = z.output<typeof clock>
export type HistogramName = (typeof histogramNames)[number]
export type Phase = z.output<typeof phase>
export type Frame = z.output<typeof frameSchema>
export type Sample = z.output<typeof sampleSchema>
export type Line = z.output<typeof lineSchema>

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
      /** Another assignment follows when this one is done: the agent says `done`, then `hello` again, and waits for it. */
      readonly stays?: boolean
    }
  /** Monotonic nanoseconds of the node's own clock, decimal text. */
  | { readonly t: 'start'; readonly at: string }
  /** Publishers have finished: receive what is on its way, then say `done`. */
  | { readonly t: 'finish' }
