/**
 * A disk that hangs: its file system is frozen (fsfreeze(8), FIFREEZE of ioctl_fs(2)). Every write to it, a buffered one too, waits
 * until it is thawed, and a program that waits for it cannot be ended. Freezing first writes to the device what was written before.
 * It is checked that the file system is mounted: otherwise the path would belong to the host's own file system.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { OnNode } from './on-node.ts'
import { eachOf, type Remover } from './process-sweep.ts'
import type { Freezable } from './substrate.ts'

const frozenKind = 'frozen-disk'

const freeze = 'mountpoint -q "$1" || { echo "nothing is mounted there" >&2; exit 1; }; fsfreeze -f "$1"'
/** That it is not mounted, or not frozen (EINVAL), is no error. */
const thaw = `
mountpoint -q "$1" || exit 0
said=$(LC_ALL=C fsfreeze -u "$1" 2>&1) && exit 0
case "$said" in *"Invalid argument"*) exit 0 ;; esac
printf '%s' "$said" >&2; exit 1`

export interface FrozenRequest extends OnNode {
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

/** These run before processes are ended: a process that waits for a frozen disk cannot end. */
export const frozenRemovers: Readonly<Record<string, Remover>> = {
  [frozenKind]: eachOf((host, { name }) => thawAt(host, name)),
}

async function thawAt(host: Host, path: string): Promise<void> {
  const { status, stderr } = await host.run(['sh', '-c', thaw, 'sh', path], { accept: 'any' })
  if (status !== 0)
    throw new BenchError('os', `disk at ${path} must take writes again, got ${JSON.stringify(stderr.trim())}`)
}
