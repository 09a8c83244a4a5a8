/** Counts that a hot path adds to. */
import type { Counts } from '../model/recording.ts'

export type Tally = { -readonly [K in keyof Counts]: number }

export function emptyTally(): Tally {
  return { sent: 0, received: 0, bytes: 0, lost: 0, duplicated: 0, reordered: 0, late: 0, negative: 0, undecodable: 0 }
}

export function difference(now: Counts, before: Counts): Counts {
  return {
    sent: now.sent - before.sent,
    received: now.received - before.received,
    bytes: now.bytes - before.bytes,
    lost: now.lost - before.lost,
    duplicated: now.duplicated - before.duplicated,
    reordered: now.reordered - before.reordered,
    late: now.late - before.late,
    negative: now.negative - before.negative,
    undecodable: now.undecodable - before.undecodable,
  }
}
