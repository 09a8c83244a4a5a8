/**
 * A disk that hangs: its file system is frozen (fsfreeze(8), FIFREEZE of ioctl_fs(2)), so that every write to it waits until it is
 * thawed, also one that is only buffered; a program that waits so cannot be ended. What was written before is handed to its device as it
 * is frozen. A file system is frozen only where it is mounted: elsewhere the path would name the host's own.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Remover } from './process-sweep.ts'
import type { Freezable } from './substrate.ts'

export const frozenKind = 'frozen-disk'

const freeze = 'mountpoint -q "$1" || { echo "nothing is mounted there" >&2; exit 1; }; fsfreeze -f "$1"'
/** One that is not mounted, or not frozen (EINVAL), is well. */
const thaw = `
mountpoint -q "$1" || exit 0
said=$(LC_ALL=C fsfreeze -u "$1" 2>&1) && exit 0
case "$said" in *"Invalid argument"*) exit 0 ;; esac
printf '%s' "$said" >&2; exit 1`

export interface FrozenRequest {
  readonly host: Host
  /** For messages. */
  readonly node: string
  readonly run: string
  readonly journal: Journal
  /** Where it is mounted. */
  readonly path: string
}

export function frozenDisk({ host, node, run, journal, path }: FrozenRequest): Freezable {
  let open: JournalEntry | undefined
  return {
    async freeze() {
      open ??= await journal.will(frozenKind, path, { run, node })
      const { status, stderr } = await host.run(['sh', '-c', freeze, 'sh', path], { accept: 'any' })
      if (status !== 0)
        throw new BenchError('os', `disk of node ${node} must be frozen, got ${JSON.stringify(stderr.trim())}`)
    },
    async thaw() {
      if (open === undefined) return
      await thawAt(host, path)
      await journal.gone(open)
      open = undefined
    },
  }
}

/** Before processes are ended: one that waits for a frozen disk cannot end. */
export const frozenRemovers: Readonly<Record<string, Remover>> = {
  [frozenKind]: async (entries, { host }) => {
    for (const { name } of entries) await thawAt(host, name)
  },
}

async function thawAt(host: Host, path: string): Promise<void> {
  const { status, stderr } = await host.run(['sh', '-c', thaw, 'sh', path], { accept: 'any' })
  if (status !== 0)
    throw new BenchError('os', `disk at ${path} must take writes again, got ${JSON.stringify(stderr.trim())}`)
}
