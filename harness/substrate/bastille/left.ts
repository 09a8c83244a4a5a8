/**
 * What a run has on this host. The list is kept on the host itself, in addition to the journal of the driving machine: when that
 * machine is lost (a laptop, a runner of CI), `bench sweep --host` still knows what to remove. One file a run, lines as in the journal.
 */
import type { Host } from '../../host/host.ts'
import { parseAs } from '../../model/json.ts'
import { journalLineSchema, type Journal, type JournalEntry, type JournalLine } from '../../model/journal.ts'
import type { Home } from './home.ts'
import type { Removal } from './remove.ts'
import { sweepEntries } from './sweep.ts'

type Place = Pick<Removal, 'host' | 'home'>

const folderOf = (home: Home) => `${home.prefix}/left`
const fileOf = (home: Home, run: string) => `${folderOf(home)}/${run}.ndjson`
const runPattern = /^([a-z0-9-]{1,100})\.ndjson$/

/** A journal that also writes its lines on the host, before anything is made. The file there is removed once all is gone. */
export function keptOnHost({ host, home }: Place, journal: Journal): Journal {
  const open = new Set<number>()
  const file = fileOf(home, journal.run)
  const append = async (line: JournalLine) => {
    const script = 'umask 077; mkdir -p -- "$1" && cat >>"$2"'
    await host.run(['sh', '-c', script, 'sh', folderOf(home), file], { input: `${JSON.stringify(line)}\n` })
  }
  return {
    run: journal.run,
    open: () => journal.open(),
    did: (entry, detail) => journal.did(entry, detail),
    async will(kind, name, detail) {
      const entry = await journal.will(kind, name, detail)
      open.add(entry.id)
      await append({ t: 'will', ...entry })
      return entry
    },
    async gone(entry) {
      await journal.gone(entry)
      open.delete(entry.id)
      if (open.size > 0) await append({ t: 'gone', id: entry.id })
      else await host.run(['rm', '-f', file])
    },
  }
}

/** Run → what it may still have here, oldest first. */
export async function leftOn({ host, home }: Place): Promise<ReadonlyMap<string, readonly JournalEntry[]>> {
  const { stdout, status } = await host.run(['ls', folderOf(home)], { accept: 'any' })
  const runs = status === 0 ? stdout.split('\n').flatMap((name) => runPattern.exec(name)?.[1] ?? []) : []
  const left = await Promise.all(runs.map(async (run) => [run, await openIn(host, fileOf(home, run))] as const))
  return new Map(left)
}

async function openIn(host: Host, file: string): Promise<readonly JournalEntry[]> {
  const { stdout } = await host.run(['cat', file], { accept: 'any' })
  const entries = new Map<number, JournalEntry>()
  for (const line of stdout.split('\n')) {
    // For a line that is cut off nothing was made yet.
    const record = parseAs(journalLineSchema, line)
    if (record?.t === 'will') {
      const { t: _t, ...entry } = record
      entries.set(entry.id, entry)
    }
    if (record?.t === 'gone') entries.delete(record.id)
  }
  return [...entries.values()]
}

/** Takes removed entries off the list of the host. The file goes when no entry is left in it. */
export async function forget({ host, home }: Place, run: string, swept: readonly JournalEntry[]): Promise<void> {
  const file = fileOf(home, run)
  const gone = new Set(swept.map(({ id }) => id))
  const stay = (await openIn(host, file)).filter(({ id }) => !gone.has(id))
  if (stay.length === 0) await host.run(['rm', '-f', file])
}

/** Removes what runs left here that no machine drives any more → their ids. Throws `busy` while a run is at work on the host. */
export async function sweepLeft(
  removal: Removal,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if ((await leftOn(removal)).size === 0) return []
  return removal.bastille.exclusively(async () => {
    const swept: string[] = []
    for (const [run, entries] of await leftOn(removal)) {
      say(`sweeping what run ${run} left behind on ${removal.host.name}`)
      await sweepEntries(removal, entries, signal)
      await forget(removal, run, entries)
      swept.push(run)
    }
    return swept
  })
}
