/**
 * What a stream holds against what its publishers were told, by publisher and sequence. In the words of Jepsen: *lost* is
 * acknowledged and not there, *recovered* is there without an acknowledgement.
 */
import { countMissing } from '../agent/sequence-set.ts'
import { summed } from '../agent/tally.ts'
import { known } from '../model/known.ts'
import type { BlockFold, WorkloadFold } from './block-fold.ts'
import type { AgentFold } from './agent-fold.ts'
import { deliveredFrom } from './consumed.ts'
import type { WorkloadResult } from './block-result.ts'
import { sum } from './order.ts'
import { removedAtLimits } from './removed.ts'
import { bitsOf } from './sequence-bits.ts'
import { replicasOf, type ReplicaProof } from './replica-proof.ts'
import { byNumber, count } from '../model/count.ts'

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
  /** Messages that expected another last sequence number than the server had. */
  readonly conflicts?: number
  /** Messages sent with the id of an earlier one. */
  readonly repeated?: number
  /** What the servers of a cluster hold, where there are several copies. */
  readonly replicas?: ReplicaProof
  /** Of those who read what they put. */
  readonly ownReads?: NonNullable<NonNullable<AgentFold['acked']>['ownReads']>
  /** Objects that were looked up by name after the load, and how many of them were read and checked against their digest. */
  readonly objects?: { readonly found: number; readonly digests: number }
  /** Bytes of the streams for each of their messages, as the server counts them: record, subject and headers included. */
  readonly bytesEach?: number
}

const nothing = new Uint8Array(0)

/** Undefined for workloads that are not acknowledged, or that never closed their account. */
export function proofOf(block: BlockFold, { name, agents }: Pick<WorkloadFold, 'name' | 'agents'>): Proof | undefined {
  const told = agents.flatMap(({ acked }) => acked ?? [])
  if (told.length === 0 || told.length < agents.length) return undefined
  const publishers = told.flatMap((frame) => Object.entries(frame.publishers))
  const acked = sum(publishers.map(([, one]) => one.count))
  const conflicts = told.flatMap((frame) => frame.conflicts ?? [])
  const repeated = told.flatMap((frame) => frame.repeated ?? [])
  const stored = block.stored.filter(({ bucket }) => bucket !== true)
  const consumed = stored.some((stream) => stream.publishers === undefined)
  const keys = told.flatMap((frame) => frame.keys ?? [])
  return {
    acked,
    ...known({ replicas: replicasOf(block.stored) }),
    errors: summed(told.map(({ errors }) => errors)),
    duplicates: sum(told.map(({ duplicates }) => duplicates)),
    ...(conflicts.length === 0 ? {} : { conflicts: sum(conflicts) }),
    ...(repeated.length === 0 ? {} : { repeated: sum(repeated) }),
    ...ownReadsOf(told.flatMap((frame) => frame.ownReads ?? [])),
    ...objectsOf(keys),
    ...bytesEach(block),
    ...(keys.length > 0
      ? readBack(keys)
      : consumed
        ? taken({ ...block, stored }, name, publishers)
        : held({ ...block, stored }, publishers)),
  }
}

function ownReadsOf(all: readonly NonNullable<Proof['ownReads']>[]): Partial<Proof> {
  if (all.length === 0) return {}
  return {
    ownReads: {
      asked: sum(all.map(({ asked }) => asked)),
      stale: sum(all.map(({ stale }) => stale)),
      unanswered: sum(all.map(({ unanswered }) => unanswered)),
      longestNs: Math.max(...all.map(({ longestNs }) => longestNs)),
    },
  }
}

function objectsOf(keys: readonly { readonly read: number; readonly digests?: number }[]): Partial<Proof> {
  const digests = keys.flatMap((each) => each.digests ?? [])
  return digests.length === 0 ? {} : { objects: { found: sum(keys.map(({ read }) => read)), digests: sum(digests) } }
}

/** Of a bucket: its older values are gone on purpose, so the newest one of each key is what must be there. */
function readBack(keys: readonly { readonly read: number; readonly lost: number; readonly expired: number }[]) {
  const expired = sum(keys.map((each) => each.expired))
  if (expired > 0)
    return {
      untold: `${count(expired, 'value')} ${byNumber(expired, 'is', 'are')} gone, and the bucket forgets values after its ttl`,
    }
  return { lost: sum(keys.map((each) => each.lost)), stored: sum(keys.map((each) => each.read)) }
}

function bytesEach({ stored }: Pick<BlockFold, 'stored'>): Partial<Proof> {
  const messages = sum(stored.map((stream) => stream.messages))
  return messages === 0 ? {} : { bytesEach: sum(stored.map(({ bytes }) => bytes)) / messages }
}

type Publishers = readonly (readonly [string, { readonly bits: string }])[]

/** A publisher's subject is in one stream, so its number is in one of them too. */
function held({ stored, variant }: Pick<BlockFold, 'stored' | 'variant'>, publishers: Publishers): Partial<Proof> {
  if (stored.length === 0) return { untold: 'no stream was read at the end of the block' }
  const removed = removedAtLimits({ stored, variant })
  if (removed !== undefined) return { untold: removed }
  const readings = stored.map((stream) => stream.publishers ?? {})
  let [recovered, present, twice] = [0, 0, 0]
  for (const [number, { bits }] of publishers) {
    const found = readings.flatMap((reading) => reading[number] ?? [])[0]
    recovered += countMissing(found === undefined ? nothing : bitsOf(found.bits), bitsOf(bits))
    present += found?.count ?? 0
    twice += found?.duplicates ?? 0
  }
  // A replica that is up to date must hold what was acknowledged too.
  const others = stored.flatMap((stream, i) =>
    (stream.replicas ?? []).flatMap((replica) =>
      replica.whole === true && replica.publishers !== undefined ? [readings.with(i, replica.publishers)] : [],
    ),
  )
  const lost = Math.max(...[readings, ...others].map((each) => missingFrom(each, publishers)))
  return { lost, recovered, stored: present, storedTwice: twice }
}

type Reading = Readonly<Record<string, { readonly bits: string }>>

/** Acknowledged, and in none of the streams as they were read. */
function missingFrom(readings: readonly Reading[], publishers: Publishers): number {
  return sum(
    publishers.map(([number, { bits }]) => {
      const found = readings.flatMap((reading) => reading[number] ?? [])[0]
      return countMissing(bitsOf(bits), found === undefined ? nothing : bitsOf(found.bits))
    }),
  )
}

/** A stream that removes what is consumed is not read: what was acknowledged must be at its consumers, and the stream empty. */
function taken(block: BlockFold, from: string, publishers: Publishers): Partial<Proof> {
  const why = 'a stream of this block removes what is consumed'
  const left = sum(block.stored.map(({ messages, publishers: read }) => (read === undefined ? messages : 0)))
  if (left > 0) return { untold: `${why}, and ${count(left, 'message')} ${byNumber(left, 'is', 'are')} still in it` }
  const delivered = deliveredFrom(block, from)
  if (delivered === undefined) return { untold: `${why}, and nobody told what was consumed` }
  let [lost, recovered, present] = [0, 0, 0]
  for (const [number, { bits }] of publishers) {
    const there = delivered.get(number) ?? nothing
    const told = bitsOf(bits)
    lost += countMissing(told, there)
    recovered += countMissing(there, told)
    present += countMissing(there, nothing)
  }
  const removed = lost === 0 ? undefined : removedAtLimits(block)
  if (removed !== undefined) return { untold: `${why}, and ${removed}` }
  return { lost, recovered, stored: present }
}

/** What a result says of it. */
export function proved(proof: Proof | undefined): Partial<WorkloadResult> {
  if (proof === undefined) return {}
  const { lost, recovered, errors, conflicts } = proof
  return {
    proof,
    ...known({ storedBytes: proof.bytesEach, conflicts }),
    ...(proof.ownReads === undefined ? {} : { staleReads: proof.ownReads.stale }),
    ...(proof.repeated === undefined ? {} : { deduplicated: proof.duplicates }),
    refused: sum(Object.values(errors)),
    ...known({ lostAcked: lost, recovered }),
  }
}
