/** Whether streams, buckets and object stores fit into what their servers may store, and whether what is put into them fits. */
import { serverBytes } from '../model/server-limits.ts'
import { bucketSubject } from '../model/buckets.ts'
import { isSender, type Workload } from '../model/kinds/kinds.ts'
import type { Sizes } from '../model/kinds/parts.ts'
import { stores, type Stream } from '../model/streams.ts'
import { byteCount } from '../model/units.ts'
import { valid, validEntries, type Draft, type Known } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { storedBytes } from './streams.ts'

type Stored = Pick<Stream, 'on' | 'storage' | 'replicas' | 'maxBytes'>
type Claim = Stored & { readonly path: string; readonly bytes: number }

/** All that has no room: in its servers, or in its stream, bucket or store of objects. */
export function storeRoomProblems(draft: Draft): readonly Problem[] {
  return [...claimProblems(draft), ...valid(draft.workloads).flatMap((part) => tooSmall(part, draft))]
}

/**
 * A server keeps the whole `maxBytes` of each stream free, and refuses what has no room (error 10047). Of a cluster only streams
 * that are on each of its servers add up for sure: where the others go is not known.
 */
function claimProblems({ topology, streams, buckets, objects, settings }: Draft): readonly Problem[] {
  const claims = [
    ...claimsOf('streams', validEntries<Stored>(streams)),
    ...claimsOf('buckets', validEntries<Stored>(buckets)),
    ...claimsOf('objects', validEntries<Stored>(objects)),
  ]
  return claims.flatMap((claim, index): readonly Problem[] => {
    const { path, on, storage, maxBytes, bytes } = claim
    const setting = storage === 'file' ? 'max_file_store' : 'max_memory_store'
    const limit = settings.get(on)?.[setting]
    const most = serverBytes(limit)
    if (most === undefined || most <= 0) return []
    const place = `what its servers may store (topology.${on}.server.settings.${setting})`
    if (bytes > most) return problemAt(path, `must be at most ${String(limit)}, ${place}, got ${printed(maxBytes)}`)
    const servers = topology?.get(on)?.count
    const isEverywhere = (each: Claim) => each.on === on && each.storage === storage && each.replicas === servers
    const others = isEverywhere(claim) ? claims.slice(0, index).filter((each) => isEverywhere(each)) : []
    const before = others.reduce((sum, each) => sum + each.bytes, 0)
    if (before > most || before + bytes <= most) return []
    const beside = others.map((each) => each.path).join(', ')
    return problemAt(
      path,
      `must leave room beside ${beside}: together at most ${String(limit)}, ${place}, got ${printed(maxBytes)}`,
    )
  })
}

function claimsOf(word: string, all: readonly (readonly [string, Stored])[]): readonly Claim[] {
  return all.flatMap(([name, stored]) => {
    const bytes = byteCount(String(stored.maxBytes ?? ''))
    return bytes === undefined ? [] : [{ ...stored, path: `${word}.${name}.maxBytes`, bytes }]
  })
}

/** Where not one message of a workload fits nothing of it is ever kept, whatever is acknowledged. */
function tooSmall({ path, value }: Known<Workload>, draft: Draft): readonly Problem[] {
  return keepersOf(value, draft).flatMap(({ at, maxBytes, least }) => {
    if (least <= (byteCount(String(maxBytes ?? '')) ?? Infinity)) return []
    const message = `must be at least ${least}, for the smallest of ${path} with what the server adds, got ${printed(maxBytes)}`
    return problemAt(`${at}.maxBytes`, message)
  })
}

interface Keeper extends Pick<Stream, 'maxBytes'> {
  readonly at: string
  /** What the server counts for the smallest message or object, at least. */
  readonly least: number
}

/** What keeps the messages, values or objects of a workload. */
function keepersOf(value: Workload, { streams, buckets, objects }: Draft): readonly Keeper[] {
  const keeper = (at: string, kept: Pick<Stream, 'maxBytes'> | undefined, least: number) =>
    kept === undefined ? [] : [{ at, maxBytes: kept.maxBytes, least }]
  if ('store' in value && 'bytes' in value)
    return keeper(`objects.${value.store}`, objects.get(value.store), storedBytes(value.bytes, ''))
  if (!('payload' in value) || value.payload === undefined) return []
  const bytes = smallestOf(value.payload)
  if ('bucket' in value)
    return keeper(`buckets.${value.bucket}`, buckets.get(value.bucket), storedBytes(bytes, bucketSubject(value.bucket)))
  if (!isSender(value)) return []
  return validEntries(streams)
    .filter(([, stream]) => stores(stream, value))
    .flatMap(([name, stream]) => keeper(`streams.${name}`, stream, storedBytes(bytes, value.subject)))
}

function smallestOf({ bytes, smaller = [] }: Sizes): number {
  return Math.min(bytes, ...smaller.map((part) => part.bytes))
}
