/** What exists because of us, written down and flushed before it exists. */

export interface JournalEntry {
  readonly id: number
  /** `directory`, `process`, `container`, `network`, `jail`, `image`, `interface`, `address`, `rctl` ... */
  readonly kind: string
  /** Its exact name in that kind's own terms. */
  readonly name: string
  readonly detail: Readonly<Record<string, string | number>>
}

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
