/**
 * What a fault did to a workload: the time without messages that it made, when they came again, when connections were open
 * again, when times were as before; and the times before, around and after it, each for itself.
 */
import { mainTimes, type MainTime } from '../model/kinds/kind.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import { known } from '../model/known.ts'
import { histogramNames, type HistogramName } from '../model/recording.ts'
import type { AgentFold, QuietTime } from './agent-fold.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import { distributionOf, type Distribution } from './distribution-of.ts'
import type { ConnectionLoss, FaultTime, Piece } from './fault-times.ts'
import { Merge } from './merge.ts'

/** A time without messages is the fault's where it is longer than this many times the longest one before it. */
const unusual = 3
/** And where it began while the fault was on, or so soon after it. */
const afterNs = 1e9

/** All in nanoseconds; `fromNs`, `toNs` since the block's start, all others since the fault began. */
export interface FaultEffect {
  readonly workload: string
  /** As `kill leader of orders`, and the nodes that it met. */
  readonly fault: string
  readonly nodes: readonly string[]
  readonly fromNs: number
  /** The fault's own end, or the end of what it did, whatever came later. */
  readonly toNs: number
  /** Longest time in which an agent got nothing. `over`: messages came again in the measured time. */
  readonly gap?: QuietTime & { readonly over: boolean }
  /** Messages came again, at each agent. */
  readonly resumedNs?: number
  /** Connections that were lost, and when half, 99 % and all of them were open again. */
  readonly connections?: {
    readonly lost: number
    readonly halfNs?: number
    readonly mostNs?: number
    readonly allNs?: number
  }
  /** The median was back at or below the p99 of before the fault, in steps of a sample. */
  readonly settledNs?: number
  readonly time?: MainTime
  readonly before?: Distribution
  readonly during?: Distribution
  readonly after?: Distribution
}

export function effectsOf(block: BlockFold): readonly FaultEffect[] {
  const faults = block.faults.toSorted((a, b) => a.fromNs - b.fromNs)
  const workloads = [...block.workloads.values()].filter(({ kind }) => workloadFacts(kind) !== undefined)
  return workloads.flatMap((workload) => {
    const found = faults.map((fault, i) =>
      effectOf(block, workload, fault, faults[i + 1]?.fromNs ?? Infinity, faults[0]!),
    )
    return found.map((effect) => ({ ...effect, ...around(workload, found, effect) }))
  })
}

/** What is not the fault's: samples that touch no fault and nothing that one did. */
export function steady(
  block: BlockFold,
  effects: readonly FaultEffect[],
): ReadonlyMap<string, ReadonlyMap<HistogramName, Distribution>> {
  return new Map(
    [...block.workloads.values()].map(({ name, pieces }) => {
      const calm = pieces.filter(
        (piece) => piece.phase === 'measure' && !effects.some((effect) => touches(piece, effect)),
      )
      return [
        name,
        new Map(histogramNames.flatMap((time) => merged(calm, time).map((found) => [time, found] as const))),
      ]
    }),
  )
}

type Bare = Omit<FaultEffect, 'before' | 'during' | 'after' | 'time'>

function effectOf(block: BlockFold, workload: WorkloadFold, fault: FaultTime, untilNs: number, first: FaultTime): Bare {
  const gaps = workload.agents.flatMap((agent) => gapOf(agent, fault, untilNs, first) ?? [])
  const gap = gaps.toSorted((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs))[0]
  const resumed =
    gaps.length > 0 && gaps.every(({ over }) => over) ? Math.max(...gaps.map(({ toNs }) => toNs)) : undefined
  const connections = backOf(block.losses, workload.name, fault.fromNs, untilNs)
  const againNs = Math.max(resumed ?? fault.fromNs, fault.fromNs + (connections?.allNs ?? 0))
  const settled = settledAt(workload, first.fromNs, againNs, untilNs)
  const settledNs = typeof settled === 'object' ? settled.atNs : undefined
  const unsettled = gap !== undefined && settled === 'never'
  const open =
    unsettled || gaps.some(({ over }) => !over) || (connections !== undefined && connections.allNs === undefined)
  const lastNs = Math.max(fault.fromNs, ...workload.pieces.map(({ toNs }) => toNs))
  const endNs = open ? lastNs : Math.max(againNs, settledNs ?? againNs)
  return {
    workload: workload.name,
    fault: fault.kind,
    nodes: fault.nodes,
    fromNs: fault.fromNs,
    toNs: Math.min(untilNs, Math.max(fault.toNs ?? fault.fromNs, endNs)),
    ...known({ gap }),
    ...(resumed === undefined ? {} : { resumedNs: resumed - fault.fromNs }),
    ...known({ connections }),
    ...(settledNs === undefined ? {} : { settledNs: settledNs - fault.fromNs }),
  }
}

function gapOf(
  agent: AgentFold,
  fault: FaultTime,
  untilNs: number,
  first: FaultTime,
): NonNullable<FaultEffect['gap']> | undefined {
  const length = ({ fromNs, toNs }: QuietTime) => toNs - fromNs
  const longest = (all: readonly QuietTime[]) => all.toSorted((a, b) => length(b) - length(a))[0]
  // From 0 on nothing may have been sent yet.
  const usual = longest(agent.gaps.filter(({ fromNs, toNs }) => fromNs > 0 && toNs <= first.fromNs))
  const lateNs = Math.min(untilNs, (fault.toNs ?? Infinity) + afterNs)
  const found = longest(agent.gaps.filter(({ fromNs, toNs }) => toNs > fault.fromNs && fromNs < lateNs))
  if (found === undefined || (usual !== undefined && length(found) <= unusual * length(usual))) return undefined
  return { ...found, over: found.toNs < agent.toNs }
}

function backOf(
  losses: readonly ConnectionLoss[],
  workload: string,
  fromNs: number,
  untilNs: number,
): FaultEffect['connections'] {
  const own = losses.filter((loss) => loss.workload === workload && loss.fromNs >= fromNs && loss.fromNs < untilNs)
  if (own.length === 0) return undefined
  const back = own.flatMap(({ toNs }) => toNs ?? []).toSorted((a, b) => a - b)
  const share = (q: number) => {
    const at = back[Math.ceil(own.length * q) - 1]
    return at === undefined ? undefined : at - fromNs
  }
  const [half, most, all] = [share(0.5), share(0.99), share(1)]
  return {
    lost: own.length,
    ...known({ halfNs: half, mostNs: most, allNs: all }),
  }
}

/** When the median was no more than the p99 of before the first fault (the p90 where samples are few). */
type Settled = { readonly atNs: number } | 'never' | 'unknown'

/** Begin of the first sample from `fromNs` on of which that is true. */
function settledAt(workload: WorkloadFold, firstNs: number, fromNs: number, untilNs: number): Settled {
  const time = timeOf(workload)
  const measured = workload.pieces.filter(({ phase }) => phase === 'measure')
  const one = (of: (piece: Piece) => boolean) =>
    (time === undefined ? [] : merged(measured.filter(of), time))[0]?.quantiles
  const before = one(({ toNs }) => toNs <= firstNs)
  const usual = (before?.p99 ?? before?.p90)?.value
  if (usual === undefined) return 'unknown'
  const later = measured.filter((piece) => piece.fromNs >= fromNs && piece.toNs <= untilNs).map((piece) => piece.fromNs)
  const atNs = [...new Set(later)]
    .toSorted((a, b) => a - b)
    .find((at) => (one((piece) => piece.fromNs === at)?.p50?.value ?? Infinity) <= usual)
  return atNs === undefined ? 'never' : { atNs }
}

type Around = Pick<FaultEffect, 'before' | 'during' | 'after' | 'time'>

/** Before the first fault, in what this one did, and after it and outside of all others. */
function around(workload: WorkloadFold, all: readonly Bare[], effect: Bare): Around {
  const time = timeOf(workload)
  if (time === undefined) return {}
  const measured = workload.pieces.filter(({ phase }) => phase === 'measure')
  const firstNs = Math.min(...all.map(({ fromNs }) => fromNs))
  const nextNs = Math.min(...all.flatMap(({ fromNs }) => (fromNs > effect.fromNs ? [fromNs] : [])))
  const parts = {
    before: measured.filter(({ toNs }) => toNs <= firstNs),
    during: measured.filter((piece) => touches(piece, effect)),
    after: measured.filter((piece) => piece.fromNs >= effect.toNs && piece.toNs <= nextNs),
  }
  const told = Object.entries(parts).flatMap(([name, pieces]) =>
    merged(pieces, time).map((found) => [name, found] as const),
  )
  return { time, ...(Object.fromEntries(told) as Partial<Record<keyof typeof parts, Distribution>>) }
}

const touches = (piece: Piece, effect: Bare): boolean => piece.toNs > effect.fromNs && piece.fromNs < effect.toNs

function timeOf({ kind }: WorkloadFold): MainTime | undefined {
  const own = workloadFacts(kind)?.mainTime
  return mainTimes.find((time) => time === own)
}

/** One distribution, or none where nothing was measured. */
function merged(pieces: readonly Piece[], time: HistogramName): readonly Distribution[] {
  const merge = new Merge()
  for (const { histograms } of pieces) {
    const data = histograms[time]
    if (data !== undefined) merge.add(data)
  }
  return merge.total === 0 ? [] : [distributionOf(merge)]
}
