/** What one agent did in one block: added up as its frames come. */
import { emptyTally, plus } from '../agent/tally.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment } from '../model/plan.ts'
import type { ClockFacts, Counts, Frame, HistogramName } from '../model/recording.ts'

export const noCounts: Counts = emptyTally()

type Sample = Extract<Frame, { t: 'sample' }>
type Done = Extract<Frame, { t: 'done' }>

/** Nanoseconds since the block's start in which an agent got nothing. */
export interface QuietTime {
  readonly fromNs: number
  readonly toNs: number
  /** Does it reach into the measured window? */
  readonly measured: boolean
}

export interface AgentFold {
  readonly assignment: Assignment
  /** Sums over the samples of phase `measure`, and the span they cover. */
  measured: Counts
  spanNs: number
  fromNs: number
  toNs: number
  cpuMicros: number
  switches: number
  memoryBytes: number
  /** Sums over all samples. */
  all: Counts
  /** How many times its histograms hold, over all samples. */
  timed: Map<HistogramName, number>
  samples: number
  /** Longest time without a message in each sample before the cool-down; one that spans several stands once. */
  gaps: QuietTime[]
  clock?: ClockFacts
  /** Node of the process that did its work too; absent: it had one of its own, or the first place in one that others shared. */
  guestOf?: string
  done?: Done
  acked?: Extract<Frame, { t: 'acked' }>
  seat?: Extract<Frame, { t: 'seat' }>
  consumed?: Extract<Frame, { t: 'consumed' }>
  failed?: { readonly code: string; readonly message: string }
}

export function emptyAgent(assignment: Assignment): AgentFold {
  return {
    assignment,
    measured: noCounts,
    spanNs: 0,
    fromNs: Infinity,
    toNs: -Infinity,
    cpuMicros: 0,
    switches: 0,
    memoryBytes: 0,
    all: noCounts,
    timed: new Map(),
    samples: 0,
    gaps: [],
  }
}

export function addSample(agent: AgentFold, sample: Sample): void {
  agent.all = plus(agent.all, sample.counts)
  agent.samples++
  const { gap, gapInWindow, phase, meter } = sample
  for (const each of [gapInWindow, gap])
    if (each !== undefined && phase !== 'cooldown') addGap(agent.gaps, each, phase === 'measure')
  if (phase !== 'measure') return
  agent.measured = plus(agent.measured, sample.counts)
  agent.spanNs += Math.max(0, sample.to - sample.from)
  agent.fromNs = Math.min(agent.fromNs, sample.from)
  agent.toNs = Math.max(agent.toNs, sample.to)
  // The meter is of the whole process: it counts once, for the agent whose node it is.
  if (agent.guestOf !== undefined) return
  agent.cpuMicros += meter.cpuUserMicros + meter.cpuSystemMicros
  agent.switches += meter.switchesVoluntary + meter.switchesInvoluntary
  agent.memoryBytes = Math.max(agent.memoryBytes, meter.memoryBytes)
}

function addGap(gaps: QuietTime[], { from, to }: NonNullable<Sample['gap']>, measured: boolean): void {
  if (gaps.at(-1)?.fromNs === from) gaps.pop()
  gaps.push({ fromNs: from, toNs: to, measured })
}

/** Totals of the block as the agent closed them, or what its samples say where it never did. */
export function totals(agent: AgentFold): Counts {
  return agent.done?.counts ?? agent.all
}

/** The messages that count for this kind of job: a requester's are its answered requests. */
export function messages({ job }: Assignment, counts: Counts): number {
  return counts[factsOf(job.kind).counts]
}

/** Messages that this agent put into a server. */
export function published({ job }: Assignment, counts: Counts): number {
  return factsOf(job.kind).publishes ? counts.sent : 0
}

/** Share of one core in the measured window; undefined where nothing was measured, or another agent of its process has it. */
export function cpuShare(agent: AgentFold): number | undefined {
  return agent.spanNs > 0 && agent.guestOf === undefined ? (agent.cpuMicros * 1000) / agent.spanNs : undefined
}
