/** Whether streams, buckets and object stores fit into what their servers may store. */
import { serverBytes } from '../model/server-limits.ts'
import type { Stream } from '../model/streams.ts'
import { byteCount } from '../model/units.ts'
import { validEntries, type Draft } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

type Stored = Pick<Stream, 'on' | 'storage' | 'replicas' | 'maxBytes'>
type Claim = Stored & { readonly path: string; readonly bytes: number }

/**
 * A server keeps the whole `maxBytes` of each stream free, and refuses what has no room (error 10047). Of a cluster only streams
 * that are on each of its servers add up for sure: where the others go is not known.
 */
export function storeRoomProblems({ topology, streams, buckets, objects, settings }: Draft): readonly Problem[] {
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
