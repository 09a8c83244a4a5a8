/** Removes what the journal of a dead or failed run names, in whatever state it is. */
import { BenchError, asBenchError } from '../../model/error.ts'
import type { JournalEntry } from '../../model/journal.ts'
import { fillerKind } from '../filler.ts'
import { removeHome } from './home.ts'
import { listImages } from './images.ts'
import { removeLimits } from './limits.ts'
import { memoryDiskKind, removeMemoryDisk } from './memory-disk.ts'
import { isOurJail } from './names.ts'
import { removeBridge } from './network.ts'
import { removeJail } from './remove.ts'
import type { Removal } from './remove.ts'

/** In this order, because disks are mounted in jails, and jails are members of the bridge. A file that fills a disk goes with the disk. */
type Sweeper = (removal: Removal, entry: JournalEntry) => Promise<void>
const sweepers: Readonly<Record<string, Sweeper>> = {
  [memoryDiskKind]: ({ host }, { name, detail }) => removeMemoryDisk(host, name, String(detail['path'])),
  [fillerKind]: () => Promise.resolve(),
  jail: (removal, { name, detail }) => {
    const remains = Object.entries(detail).filter(([key]) => key === 'address' || key === 'image')
    return removeJail(removal, name, Object.fromEntries(remains.map(([key, value]) => [key, String(value)])))
  },
  rctl: async ({ host }, { name }) => {
    const jail = /^jail:([a-z0-9]+):/.exec(name)?.[1] ?? ''
    if (isOurJail(jail)) await removeLimits(host, jail)
  },
  interface: ({ host }, { name }) => removeBridge(host, name),
}

/**
 * Goes on after a failure, and at the end throws naming all that is left. After the signal it stops before the next entry and throws
 * `interrupted`: a single jail takes a minute on a slow board.
 */
export async function sweepEntries(
  removal: Removal,
  entries: readonly JournalEntry[],
  signal?: AbortSignal,
): Promise<void> {
  const rank = (entry: JournalEntry) => Object.keys(sweepers).indexOf(entry.kind)
  const stays: string[] = []
  for (const entry of [...entries].sort((a, b) => rank(a) - rank(b))) {
    if (signal?.aborted === true)
      throw new BenchError('interrupted', 'the sweep was interrupted', {
        lines: stays,
        hint: 'run "pnpm bench sweep" again',
      })
    try {
      const sweeper = sweepers[entry.kind]
      if (sweeper === undefined)
        throw new BenchError('bug', `journal entry of a jail run must be known, got kind ${entry.kind}`)
      await sweeper(removal, entry)
    } catch (error) {
      const { message, lines } = asBenchError(error)
      stays.push(`${entry.kind} ${entry.name}: ${message}`, ...lines)
    }
  }
  if ((await listImages(removal)).length === 0) await removeHome(removal.host, removal.home)
  if (stays.length > 0) {
    throw new BenchError('os', 'everything of the run must be gone, some stays', {
      lines: stays,
      hint: 'run "pnpm bench sweep" again',
    })
  }
}
