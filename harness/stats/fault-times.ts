/** When faults were on, as the recording tells it, and their marks on the time line. */
import type { Frame, HistogramName, Phase, SampleHistogram } from '../model/recording.ts'
import { mark, type BlockFold, type Mark } from './block-fold.ts'
import type { FaultEffect } from './fault-effects.ts'
import { ms } from './health-rule.ts'

/** Nanoseconds since the block's start. `toNs` is absent where it was never taken back, and while it is on. */
export interface FaultTime {
  /** As `kill hub-2`. */
  readonly kind: string
  readonly fromNs: number
  toNs?: number
  /** Since when it was there as planned: a disk is full only when it has been filled. Absent in older recordings. */
  wholeNs?: number
  /** Nodes that it met; none where the recording does not say. */
  readonly nodes: readonly string[]
}

export type NetworkSeen = Omit<Extract<Frame, { t: 'network' }>, 't'>

export type DiskSeen = Omit<Extract<Frame, { t: 'disk' }>, 't'>

/** One connection of an agent that was lost. Nanoseconds since the block's start; `toNs` is absent where it never came back. */
export interface ConnectionLoss {
  /** The agent, such as `sub@recv`. */
  readonly id: string
  readonly workload: string
  /** From 0. */
  readonly connection: number
  readonly fromNs: number
  toNs?: number
  readonly because: string
}

/** What one agent measured in one sample. */
export interface Piece {
  readonly fromNs: number
  readonly toNs: number
  readonly phase: Phase
  readonly histograms: Readonly<Partial<Record<HistogramName, SampleHistogram>>>
}

/** Each fault, and each time without messages that it made. */
export function faultMarks(block: BlockFold, effects: readonly FaultEffect[]): Mark[] {
  const last = Math.max(0, ...[...block.agents.values()].map(({ toNs }) => toNs))
  return [
    ...block.faults.map(({ kind, fromNs, toNs }) =>
      mark(block, fromNs, toNs ?? Math.max(fromNs, last), `fault: ${kind}`, 'fault'),
    ),
    ...effects.flatMap(({ workload, gap }) => {
      if (gap === undefined) return []
      const what = `${workload}: nothing for ${ms(gap.toNs - gap.fromNs)}${gap.over ? '' : ', not over'}`
      return [mark(block, gap.fromNs, gap.toNs, what, 'gap')]
    }),
  ]
}
