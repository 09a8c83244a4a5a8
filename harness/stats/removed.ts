/** What the limits of streams took out: acknowledged messages that are gone then were not lost by the server. */
import { count } from '../model/count.ts'
import type { BlockFold, Stored } from './block-fold.ts'

type Block = Pick<BlockFold, 'stored' | 'variant'>

/**
 * Says which streams removed messages at a limit, with the limit: "stream S removed 299 messages at its limit (maxMessages 1)".
 * `stream`: only this one counts. Undefined where none did.
 */
export function removedAtLimits({ stored, variant }: Block, stream?: string): string | undefined {
  const own = stored.filter((each) => each.bucket !== true && (stream === undefined || each.stream === stream))
  const said = own.flatMap((each) => words(each, limitsOf(variant, each.stream)))
  return said.length === 0 ? undefined : said.join('; ')
}

/** A stream that was not read removes what is consumed: how much of what is gone its limits took out cannot be told. */
function words({ stream, removed, publishers }: Stored, limits: string | undefined): readonly string[] {
  if (removed === 0) return []
  if (publishers === undefined)
    return limits === undefined ? [] : [`stream ${stream} removes old messages at its limit (${limits})`]
  return [
    `stream ${stream} removed ${count(removed, 'message')} at its ${limits === undefined ? 'limits' : `limit (${limits})`}`,
  ]
}

/** The limits at which a stream removes old messages; undefined where it refuses new ones, or has none. */
function limitsOf({ assignments }: BlockFold['variant'], stream: string): string | undefined {
  const made = assignments.flatMap(({ job }) => ('streams' in job ? job.streams : []))
  const { discard, max_msgs, max_bytes } = made.find(({ name }) => name === stream)?.config ?? {}
  if (discard !== 'old') return undefined
  const limits = Object.entries({ maxMessages: max_msgs, maxBytes: max_bytes })
    .filter(([, most]) => Number(most ?? -1) > 0)
    .map(([name, most]) => `${name} ${String(most)}`)
  return limits.length === 0 ? undefined : limits.join(', ')
}
