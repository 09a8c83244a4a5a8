/** What changes something of one node on its host has this, and writes to the journal first. */
import type { Host } from '../host/host.ts'
import type { Journal } from '../model/journal.ts'

export interface OnNode {
  readonly host: Host
  /** Name of the node, for messages. */
  readonly node: string
  readonly run: string
  readonly journal: Journal
}
