/**
 * What a stream holds against what its publishers were told, by publisher and sequence. In the words of Jepsen: *lost* is
 * acknowledged and not there, *recovered* is there without an acknowledgement.
 */
import { bitmapOf, countMissing } from '../agent/sequence-set.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import type { WorkloadResult } from './block-result.ts'

export interface Proof {
  readonly acked: number
  /** Absent where it cannot be told: `untold` says why. */
  readonly lost?: number
  readonly recovered?: number
  readonly stored?: number
  readonly storedTwice?: number
  readonly untold?: string
  /** Answered with an error instead of an acknowledgement, by the server's words. */
  readonly errors: Readonly<Record<string, number>>
  readonly duplicates: number
}

const nothing = new Uint8Array(0)

/** Undefined for workloads that are not acknowledged, or that never closed their account. */
export function proofOf(block: Pick<BlockFold, 'stored'>, { agents }: Pick<WorkloadFold, 'agents'>): Proof | undefined {
  const told = agents.flatMap(({ acked }) => acked ?? [])
  if (told.length === 0 || told.length < agents.length) return undefined
  const errors: Record<string, number> = {}
  for (const { errors: own } of told) {
    for (const [words, count] of Object.entries(own)) errors[words] = (errors[words] ?? 0) + count
  }
  const publishers = told.flatMap((frame) => Object.entries(frame.publishers))
  const acked = publishers.reduce((sum, [, { count }]) => sum + count, 0)
  const duplicates = told.reduce((sum, frame) => sum + frame.duplicates, 0)
  return { acked, errors, duplicates, ...held(block, publishers) }
}

type Publishers = readonly (readonly [string, { readonly bits: string }])[]

/** A publisher's subject is in one stream, so its number is in one of them too. */
function held({ stored }: Pick<BlockFold, 'stored'>, publishers: Publishers): Partial<Proof> {
  if (stored.length === 0) return { untold: 'no stream was read at the end of the block' }
  if (stored.some((stream) => stream.publishers === undefined))
    return { untold: 'a stream of this block removes what is consumed, so that what is gone is not lost' }
  const removed = stored.reduce((sum, stream) => sum + stream.removed, 0)
  if (removed > 0) return { untold: `the limits of a stream removed ${removed} messages` }
  let [lost, recovered, count, twice] = [0, 0, 0, 0]
  for (const [number, { bits }] of publishers) {
    const found = stored.flatMap((stream) => stream.publishers?.[number] ?? [])
    const there = found[0] === undefined ? nothing : bitmapOf(found[0].bits)
    const told = bitmapOf(bits)
    lost += countMissing(told, there)
    recovered += countMissing(there, told)
    count += found[0]?.count ?? 0
    twice += found[0]?.duplicates ?? 0
  }
  return { lost, recovered, stored: count, storedTwice: twice }
}

/** What a result says of it. */
export function proved(proof: Proof | undefined): Partial<WorkloadResult> {
  if (proof === undefined) return {}
  const { lost, recovered, errors } = proof
  return {
    proof,
    refused: Object.values(errors).reduce((sum, count) => sum + count, 0),
    ...(lost === undefined ? {} : { lostAcked: lost }),
    ...(recovered === undefined ? {} : { recovered }),
  }
}
