/** Everything the program takes from its process. Made once in main.ts, passed down, replaced in tests. */
export interface World {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the user typed: relative paths count from here. */
  readonly cwd: string
  /** Folder of run folders where nobody names another. Absolute. */
  readonly reports: string
  /** Results only. */
  readonly out: (text: string) => void
  /** Lines of stdin, to their end or until nobody wants them any more; asked for once. */
  readonly input: (until: AbortSignal) => AsyncIterable<string>
  /** Talk and progress. */
  readonly err: (text: string) => void
  /** Is stderr a terminal that can redraw lines? */
  readonly live: boolean
  readonly color: boolean
  /** Of stdout, in characters. */
  readonly columns: number
  readonly now: () => Date
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
  /** Aborted when nobody reads stdout any more, as after `| head -1`. */
  readonly unread?: AbortSignal
  readonly pid: number
  /** Path of the running Node.js program. */
  readonly node: string
}
