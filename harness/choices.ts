/** What was chosen: by the command line, by the environment, by a test. */
import { isAbsolute, resolve } from 'node:path'
import type { ServerChoice, SubstrateName } from './model/plan.ts'
import { oneOf, substrateChoices } from './model/substrates.ts'
import type { Overrides } from './model/expanded.ts'

export interface Choices {
  readonly on: SubstrateName | 'auto'
  /** `ssh://user@host[:port]`; this machine where absent. */
  readonly host?: string
  /** Folder of run folders. */
  readonly out: string
  readonly settings: Readonly<Record<string, string>>
  readonly overrides: Overrides
  /** How long to wait for a host that another run has; not at all where nothing is said. */
  readonly waitMs?: number
  /** The command that repeats it, for the report. */
  readonly command: string
}

/** A version or git ref stays as it is; anything with a slash, or a file name, is a path. */
export function serverChoice(text: string, cwd: string): ServerChoice {
  if (text.includes('/')) return { path: isAbsolute(text) ? text : resolve(cwd, text) }
  return { version: text.replace(/^v(?=\d)/, '') }
}

/** From BENCH_ON; nothing said means `auto`. */
export function substrateNamed(text: string | undefined): SubstrateName | 'auto' {
  if (text === undefined || text === '') return 'auto'
  return oneOf('BENCH_ON', substrateChoices, text)
}
