/** What exists because of us, written down and flushed before it exists. */

import { z } from 'zod'
import { dictionary } from './json.ts'

const detail = dictionary(z.union([z.string(), z.number()]))
const entry = z.object({
  id: z.number(),
  /** `directory`, `process`, `container`, `network`, `jail`, `image`, `interface`, `address`, `rctl` ... */
  kind: z.string(),
  /** Its exact name in that kind's own terms. */
  name: z.string(),
  detail,
})

/** One line of journal.ndjson. */
export const journalLineSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('run'), run: z.string() }),
  entry.extend({ t: z.literal('will') }),
  z.object({ t: z.literal('did'), id: z.number(), detail }),
  z.object({ t: z.literal('gone'), id: z.number() }),
])

export type JournalEntry = z.output<typeof entry>
export type JournalLine = z.output<typeof journalLineSchema>

export interface Journal {
  readonly run: string
  /** Resolves when the intention is on disk. */
  will(kind: string, name: string, detail?: JournalEntry['detail']): Promise<JournalEntry>
  /** Adds what only became known by making it, such as a pid. */
  did(entry: JournalEntry, detail: JournalEntry['detail']): Promise<void>
  /** It is gone, checked. */
  gone(entry: JournalEntry): Promise<void>
  /** What may still exist, oldest first. */
  open(): readonly JournalEntry[]
}
