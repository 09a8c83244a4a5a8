/**
 * What consumers delivered against what was acknowledged to the publishers, by publisher and sequence, and how far behind they
 * were. A message is undelivered when it was acknowledged and none of those who share it got it, or, of ordered consumers, when a
 * connection did not get it.
 */
import { countMissing } from '../agent/sequence-set.ts'
import { summed } from '../agent/tally.ts'
import { deliveriesOf } from '../model/deliveries.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import { known } from '../model/known.ts'
import type { AgentFold } from './agent-fold.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import type { WorkloadResult } from './block-result.ts'
import { sum } from './order.ts'
import { removedAtLimits } from './removed.ts'
import { bitsOf } from './sequence-bits.ts'
import { Meterline } from './timeline.ts'

export interface Consumed {
  /** Absent where it cannot be told; `untold` says why where that is known. */
  readonly undelivered?: number
  readonly untold?: string
  /** Deliveries by delivery number, from 2 on. */
  readonly redelivered: Readonly<Record<string, number>>
  readonly naked: number
  readonly remade: number
  readonly leftBehind: number
  readonly statuses: Readonly<Record<string, number>>
}

type Frame = NonNullable<AgentFold['consumed']>

/** What a result says of a workload that consumes; nothing of others. */
export function consumedOf(block: BlockFold, workload: WorkloadFold): Partial<WorkloadResult> {
  if (workloadFacts(workload.kind)?.consumes !== true) return {}
  const frames = workload.agents.flatMap(({ consumed }) => consumed ?? [])
  const lag = lagIn(block, workload)
  if (frames.length < workload.agents.length) return lag
  const redelivered = summed(frames.map((frame) => frame.redelivered))
  // A bucket sends the last value of a key alone: what was replaced before is not missing.
  const missing = workloadFacts(workload.kind)?.account === undefined ? undefined : undeliveredOf(block, workload)
  const untold = missing === undefined || missing === 0 ? undefined : whyMissing(block, workload, missing)
  const undelivered = untold === undefined ? missing : undefined
  const total = (of: (frame: Frame) => number) => sum(frames.map(of))
  return {
    ...lag,
    ...known({ undelivered }),
    redelivered: sum(Object.values(redelivered)),
    consumed: {
      ...known({ undelivered, untold }),
      redelivered,
      naked: total(({ naked }) => naked),
      remade: total(({ remade }) => remade),
      leftBehind: Math.max(0, ...frames.map(({ leftBehind }) => leftBehind)),
      statuses: summed(frames.map(({ statuses }) => statuses)),
    },
  }
}

/** What the consumers got of a publishing workload, by publisher number; undefined where one of them never closed its account. */
export function deliveredFrom(block: BlockFold, from: string): ReadonlyMap<string, Uint8Array> | undefined {
  const own = deliveriesOf(block.variant).filter((delivery) => delivery.from === from)
  const sets = own.map(({ to }) => setsOf(block, to))
  if (sets.length === 0 || sets.some((each) => each === undefined)) return undefined
  const delivered = new Map<string, Uint8Array>()
  for (const set of sets.flatMap((each) => each ?? [])) {
    for (const [number, { bits }] of Object.entries(set)) {
      const known = delivered.get(number)
      delivered.set(number, known === undefined ? bitsOf(bits) : union([known, bitsOf(bits)]))
    }
  }
  return delivered
}

/** Undefined where the stream kept all that its consumers had not got. */
function whyMissing(block: BlockFold, { agents }: WorkloadFold, missing: number): string | undefined {
  const job = agents[0]?.assignment.job
  const removed = removedAtLimits(block, job !== undefined && 'stream' in job ? job.stream : undefined)
  return removed === undefined ? undefined : `${missing} of them were not delivered, and ${removed}`
}

/** Undefined where a publisher or a consumer never closed its account. */
function undeliveredOf(block: BlockFold, workload: WorkloadFold): number | undefined {
  const own = deliveriesOf(block.variant).filter(({ to }) => to.includes(workload.name))
  let undelivered = 0
  for (const { from, to, queue } of own) {
    const sets = setsOf(block, to)
    const publishers = acknowledgedBy(block, from)
    if (sets === undefined || publishers === undefined) return undefined
    for (const [number, acked] of publishers) {
      const got = sets.map((set) => (set[number] === undefined ? new Uint8Array(0) : bitsOf(set[number].bits)))
      if (queue !== undefined) undelivered += countMissing(acked, union(got))
      else for (const each of got) undelivered += countMissing(acked, each)
    }
  }
  return own.length === 0 ? undefined : undelivered
}

function setsOf(block: BlockFold, to: readonly string[]): Frame['sets'] | undefined {
  const agents = to.flatMap((name) => block.workloads.get(name)?.agents ?? [])
  const frames = agents.flatMap(({ consumed }) => consumed ?? [])
  return frames.length < agents.length ? undefined : frames.flatMap(({ sets }) => sets)
}

/** Messages that must be delivered, by publisher: those acknowledged, or, of a publisher that asks for no answer, all it sent. */
function acknowledgedBy(block: BlockFold, from: string): readonly (readonly [string, Uint8Array])[] | undefined {
  const agents = block.workloads.get(from)?.agents ?? []
  const all = agents.map(({ acked, done }) => {
    if (acked !== undefined) return Object.entries(acked.publishers).map(([n, { bits }]) => [n, bitsOf(bits)] as const)
    return done === undefined
      ? undefined
      : Object.entries(done.perPublisher).map(([n, count]) => [n, firstOf(count)] as const)
  })
  return all.some((each) => each === undefined) ? undefined : all.flatMap((each) => each ?? [])
}

/** The bitmap of the numbers below `count`. */
function firstOf(count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(0xff)
  if (count % 8 > 0) bits[bits.length - 1] = (1 << (count % 8)) - 1
  return bits
}

function union(all: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0), ...rest] = all
  if (rest.length === 0) return first
  const sum = new Uint8Array(Math.max(...all.map(({ length }) => length)))
  for (const each of all) for (let at = 0; at < each.length; at++) sum[at]! |= each[at]!
  return sum
}

function lagIn(block: BlockFold, { agents }: WorkloadFold): Partial<WorkloadResult> {
  const job = agents[0]?.assignment.job
  const readings = block.consumers.get(job !== undefined && 'consumer' in job ? job.consumer : '') ?? []
  // Of its own agents: the floor was measured before, on a time axis of its own.
  const from = Math.min(...agents.map(({ fromNs }) => fromNs))
  const to = Math.max(...agents.map(({ toNs }) => toNs))
  // A look takes a while, so those of both ends are a little after them.
  const slack = (to - from) / 20
  const within = readings.filter(({ at }) => at >= from && at <= to + slack)
  const floor = new Meterline()
  for (const { at, ackFloor } of readings) floor.add(at, ackFloor)
  return {
    ...(within.length === 0 ? {} : { consumerLag: Math.max(...within.map(({ lag }) => lag)) }),
    ...known({ ackRate: floor.ratePerSecond(from, to) }),
  }
}
