/**
 * A substrate makes a place on a host: how to start programs there, its folder for files, how to reach all its programs, and how to
 * remove it. What every node does with its place is written here, once for all substrates.
 */
import type { Child, SpawnOptions } from '../host/host.ts'
import { checkPlace } from '../host/place.ts'
import { BenchError } from '../model/error.ts'
import type { LiveNode, Pausable } from './substrate.ts'

export interface Place extends Omit<LiveNode, 'put' | 'spawn' | 'destroy'>, Pausable {
  /** Starts a program there; `cwd` is always given. */
  readonly start: (command: readonly string[], options: SpawnOptions & { readonly cwd: string }) => Promise<Child>
  /** Writes files below a folder of the node. */
  readonly write: LiveNode['put']
  /** Ends all programs, removes the place, checks that, and marks it gone in the journal. May be called again after a failure. */
  readonly remove: () => Promise<void>
}

/** Between two steps of making a node. */
export function stopHere(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new BenchError('interrupted', 'the run was interrupted')
}

export function nodeAt({ start, write, remove, ...place }: Place): LiveNode & Pausable {
  const { name, directory } = place
  let removal: Promise<void> | undefined
  const absent = (): BenchError => new BenchError('bug', `node ${name} must exist, got one that was destroyed`)
  return {
    ...place,
    put: async (files, where) => {
      if (where !== directory && !where.startsWith(`${directory}/`)) {
        throw new BenchError('bug', `files of node ${name} must lie below ${directory}, got ${JSON.stringify(where)}`)
      }
      checkPlace(where, Object.keys(files))
      await write(files, where)
    },
    spawn: async (command, options = {}) => {
      if (removal !== undefined) throw absent()
      const child = await start(command, { ...options, cwd: options.cwd ?? directory })
      if (removal === undefined) return child
      await child.stop(0)
      throw absent()
    },
    destroy: () =>
      (removal ??= remove().catch((error: unknown) => {
        removal = undefined
        throw error
      })),
  }
}
