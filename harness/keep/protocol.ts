/** What `bench exec`, `down` and `up` say to the keeper of a topology, as JSON lines over a Unix socket only its user can open. */
import { join } from 'node:path'

export type Request =
  | { readonly t: 'info' }
  | { readonly t: 'exec'; readonly node: string; readonly command: readonly string[] }
  /** One line for the program of this `exec`; without text its input ends. */
  | { readonly t: 'input'; readonly text?: string }
  | { readonly t: 'down' }

export interface Kept {
  readonly run: string
  readonly scenario: string
  readonly substrate: string
  readonly nodes: readonly { readonly name: string; readonly role: string; readonly address: string }[]
  readonly servers: readonly {
    readonly node: string
    readonly url: string
    readonly token: string
    readonly version: string
  }[]
}

export type Answer =
  | { readonly t: 'info'; readonly kept: Kept }
  | { readonly t: 'out'; readonly line: string }
  | { readonly t: 'exit'; readonly status: number; readonly stderr: readonly string[] }
  | { readonly t: 'down' }
  | { readonly t: 'failed'; readonly message: string }

/** The one kept topology of this user. */
export function socketOf(stateFolder: string): string {
  return join(stateFolder, 'keep.sock')
}
