/** What a recording means. `report.json`: public and versioned. */
import { z } from 'zod'
import { curveSchema } from './curve.ts'
import { factsSchema, thermalsSchema } from './facts.ts'
import { list } from './json.ts'
import { planSchema } from './plan.ts'
import { histogramSchema } from './recording.ts'

const number = z.number()
const text = z.string()
export const unitSchema = z.enum(['msg/s', 'B/s', 'ns', 'us/msg', 'share', 'count', 'B', '1/msg'])
export const betterSchema = z.enum(['lower', 'higher'])
export const outcomeSchema = z.enum(['pass', 'unknown', 'fail'])
export const pairSchema = z.tuple([number, number]).readonly()
export const stateSchema = z.enum(['complete', 'interrupted', 'failed'])

/** `metric`: see model/metric.ts. */
const measured = { workload: text, metric: text, unit: unitSchema, better: betterSchema }

export const finding = z.object({
  about: text,
  rule: text,
  outcome: outcomeSchema,
  /** Number seen, number wanted, the runs behind it, what to do. */
  because: text,
})

const value = z.object({
  variant: text,
  block: number,
  /** Absent where it cannot be told, such as a tail of fewer than 10 samples. */
  value: number.exactOptional(),
  /** Rank-based interval of a quantile within this block. */
  interval: pairSchema.exactOptional(),
  /** More than half of this percentile may be the generator's send lag: it is the generator's, not the server's. */
  lagged: z.literal(true).exactOptional(),
})

const measurement = z.object({ ...measured, values: list(value) })

/** Median over the blocks of one variant with its interval; made from values of a Measurement. */
const summary = z.object({
  ...measured,
  variant: text,
  blocks: number,
  median: number.exactOptional(),
  /** Over blocks; absent with fewer than the interval needs. `confidence` says which. */
  interval: pairSchema.exactOptional(),
  confidence: number.exactOptional(),
  min: number.exactOptional(),
  max: number.exactOptional(),
  /** In at least half of the blocks the generator's own lag decides this percentile: no limit or comparison judges it. */
  lagged: z.literal(true).exactOptional(),
  /** So many blocks had samples enough for this percentile, and others not: it is withheld, for blocks differ. */
  partly: number.exactOptional(),
  /** Of a run with variants: how many times the number of the first one, from blocks paired by repeat. */
  ratio: z
    .object({ over: text, value: number, interval: pairSchema.exactOptional(), confidence: number.exactOptional() })
    .exactOptional(),
})

const series = z.object({
  /** Workload, or node for CPU. */
  of: text,
  metric: text,
  unit: unitSchema,
  variant: text,
  block: number,
  /** Seconds since the block's start (end of the span), value. */
  points: list(pairSchema),
})

const bottleneck = z.object({
  variant: text,
  /** `rate`: nothing was at its limit, the schedule set the rate. `latency`: closed loop, waiting sets it. */
  limiter: z.enum(['generator', 'server', 'receiver', 'machine', 'rate', 'latency', 'unknown']),
  /** With the figures. */
  because: text,
})

/** Shares of one core, median over blocks. */
const nodeCost = z.object({
  node: text,
  variant: text,
  cpuShare: number,
  memoryBytes: number.exactOptional(),
  cpuMicrosPerMessage: number.exactOptional(),
})

/** Merged over the measured windows of all blocks of a variant. */
const namedHistogram = z.object({ workload: text, name: text, variant: text, data: histogramSchema })

const thermalReading = thermalsSchema.extend({
  variant: text,
  block: number,
  /** Seconds since the block's start. */
  at: number,
})

export const verdictSchema = z.object({ outcome: outcomeSchema, findings: list(finding) })

const checkRow = z.object({
  ...measured,
  /** Point of the scenario's grid, such as `bytes=16`; empty without one. */
  point: text,
  answer: z.enum(['worse', 'same', 'better', 'cannot tell']),
  /** Medians over blocks. */
  base: number.exactOptional(),
  head: number.exactOptional(),
  /** head / base, or head − base for counts. */
  change: number.exactOptional(),
  interval: pairSchema.exactOptional(),
  confidence: number.exactOptional(),
  /** Of `cannot tell`: the whole interval lies on this side of no change. */
  leans: z.enum(['worse', 'better']).exactOptional(),
  because: text,
})

export const checkResult = z.object({
  /** `interleaved`: base and head in turn in one session. `baseline`: head against a stored run. */
  kind: z.enum(['interleaved', 'baseline']),
  /** Versions, paths or the baseline's run, for people. */
  base: text,
  head: text,
  pairs: number,
  rows: list(checkRow),
})

const nearFault = z.object({ total: number, max: number, p50: number.exactOptional(), p99: number.exactOptional() })
/** What one fault did to one workload in one block. */
const faultRow = z.object({
  variant: text,
  block: number,
  workload: text,
  /** As `kill leader of orders`, and the nodes that it met. */
  fault: text,
  nodes: list(text),
  /** Seconds since the block's start: when it began, and when what it did was over. */
  from: number,
  to: number,
  /** Longest time without a message that it made, in seconds since the block's start; absent: it interrupted nothing. */
  gap: pairSchema.exactOptional(),
  /** Did messages come again in the measured time? */
  over: z.boolean().exactOptional(),
  /** Nanoseconds from the begin of the fault until messages came again. */
  resumed: number.exactOptional(),
  /** Connections that were lost; nanoseconds from the begin of the fault until half, 99 %, all of them were open again. */
  connections: z
    .object({
      lost: number,
      half: number.exactOptional(),
      most: number.exactOptional(),
      all: number.exactOptional(),
    })
    .exactOptional(),
  /** Nanoseconds from the begin of the fault until the median was no more than the p99 of before. */
  settled: number.exactOptional(),
  /** Which time the three parts are of, in nanoseconds: `latency`, `rtt` or `ack`. */
  time: text.exactOptional(),
  before: nearFault.exactOptional(),
  during: nearFault.exactOptional(),
  after: nearFault.exactOptional(),
})

/** A fault, a time without messages that one made, a connection that was away, a garbage collection. */
const markKind = z.enum(['fault', 'gap', 'connection', 'collection'])

/** One connection that was lost. Seconds since the block's start; `to` is absent where it never came back. */
const lostConnection = z.object({
  variant: text,
  block: number,
  workload: text,
  /** The agent, such as `sub@recv`. */
  agent: text,
  /** From 0. */
  connection: number,
  from: number,
  to: number.exactOptional(),
})

export const reportSchema = z.object({
  schema: z.literal(1),
  run: text,
  at: text,
  state: stateSchema,
  because: text.exactOptional(),
  plan: planSchema,
  facts: factsSchema,
  health: list(finding),
  bottlenecks: list(bottleneck),
  measurements: list(measurement),
  summaries: list(summary),
  nodes: list(nodeCost),
  histograms: list(namedHistogram),
  series: list(series),
  /** Marks on the time line of blocks: faults and what they did, garbage collections over 10 ms. Seconds since the block's start. */
  marks: list(z.object({ block: number, from: number, to: number, what: text, kind: markKind.exactOptional() })),
  /** What each fault did to each workload, of runs with planned faults. */
  faults: list(faultRow).exactOptional(),
  /** Connections that were lost, in the order of that; at most 2,000 of a block. Absent where none was. */
  lostConnections: list(lostConnection).exactOptional(),
  /** Smallest step of the clock and cost of reading it, the worst of all agents. No time below the step can be told. */
  clock: z.object({ tickNs: number, readCostNs: number }).exactOptional(),
  /** Agents that worked in a process on another node than theirs: nodes that are only names of the host's own programs. */
  shared: list(z.object({ node: text, agents: list(text) })).exactOptional(),
  /** Of the host right before and after each measured window; absent where it tells nothing. */
  thermals: list(thermalReading).exactOptional(),
  /** Of a run that a regression check made: its answer, which the verdict is about. */
  check: checkResult.exactOptional(),
  /** Of a run that a curve made. */
  curve: curveSchema.exactOptional(),
  verdict: verdictSchema,
})

export type Unit = z.output<typeof unitSchema>
export type Outcome = z.output<typeof outcomeSchema>
export type Value = z.output<typeof value>
export type Measurement = z.output<typeof measurement>
export type Summary = z.output<typeof summary>
export type Series = z.output<typeof series>
export type ThermalReading = z.output<typeof thermalReading>
export type Finding = z.output<typeof finding>
export type Verdict = z.output<typeof verdictSchema>
export type CheckRow = z.output<typeof checkRow>
export type Bottleneck = z.output<typeof bottleneck>
export type Limiter = Bottleneck['limiter']
export type NamedHistogram = z.output<typeof namedHistogram>
export type NodeCost = z.output<typeof nodeCost>
export type MarkKind = z.output<typeof markKind>
export type LostConnection = z.output<typeof lostConnection>
export type FaultRow = z.output<typeof faultRow>
export type Report = z.output<typeof reportSchema>
