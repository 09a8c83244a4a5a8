/** journal.ndjson: all that a run makes, each written to disk before it is made. */
import { open } from 'node:fs/promises'
import { BenchError } from '../model/error.ts'
import { jsonOf } from '../model/json.ts'
import { journalLineSchema, type Journal, type JournalEntry, type JournalLine } from '../model/journal.ts'
import { refuseOtherKinds } from './plain-file.ts'
import { asking } from './private-file.ts'
import { textLines } from './text-lines.ts'

export interface StoredJournal {
  readonly run: string
  /** Entries of what may still exist, oldest first. */
  readonly open: readonly JournalEntry[]
}

/** Opens or creates the journal. New lines are appended, because a sweep marks in it what it has removed. */
export async function openJournal(path: string, run: string): Promise<Journal & { close(): Promise<void> }> {
  await refuseOtherKinds(path, `journal ${path}`)
  const file = await asking('cannot-create', `journal ${path} must be writable`, () => open(path, 'a', 0o600))
  const before = (await file.stat()).size === 0 ? undefined : await readJournal(path)
  if (before !== undefined && before.run !== run) {
    await file.close()
    const whose = before.run === '' ? 'a file that names none' : before.run
    throw new BenchError('io', `journal ${path} must belong to run ${run}, got ${whose}`)
  }
  const entries = new Map<number, JournalEntry>((before?.open ?? []).map((entry) => [entry.id, entry]))
  let lastId = before?.lastId ?? 0
  let torn = before?.torn ?? false
  let turn: Promise<void> = Promise.resolve()

  /** Writes one line after the other, so that they are in the order of the calls. */
  const put = (record: JournalLine): Promise<void> => {
    const done = turn.then(() =>
      asking('io', `journal ${path} must be writable`, async () => {
        // After a line that was cut off (a dead writer, a full disk) ours must begin on a new line.
        const lead = torn ? '\n' : ''
        torn = true
        await file.appendFile(`${lead}${JSON.stringify(record)}\n`)
        await file.datasync()
        torn = false
      }),
    )
    turn = done.catch(() => undefined) // the caller gets the error; later calls try again
    return done
  }
  if (before === undefined) await put({ t: 'run', run })

  return {
    run,
    async will(kind, name, detail = {}) {
      lastId += 1
      const entry: JournalEntry = { id: lastId, kind, name, detail }
      await put({ t: 'will', ...entry })
      entries.set(entry.id, entry)
      return entry
    },
    async did(entry, detail) {
      await put({ t: 'did', id: entry.id, detail })
      const known = entries.get(entry.id)
      if (known !== undefined) entries.set(entry.id, { ...known, detail: { ...known.detail, ...detail } })
    },
    async gone(entry) {
      await put({ t: 'gone', id: entry.id })
      entries.delete(entry.id)
    },
    open: () => [...entries.values()].sort((a, b) => a.id - b.id),
    async close() {
      await turn
      await file.close()
    },
  }
}

/**
 * Lines in the middle that are cut off are from writers that were killed; what they name was never made. Throws `io` for a whole
 * line of another kind: what it names may be there, and would be forgotten.
 */
export async function readJournal(path: string): Promise<StoredJournal & { lastId: number; torn: boolean }> {
  const entries = new Map<number, JournalEntry>()
  let run = ''
  let lastId = 0
  let torn = false
  for await (const batch of textLines(path)) {
    for (const line of batch) {
      torn = line.torn
      const record = parseRecord(line.text, `${path}:${line.number}`)
      if (record === undefined) continue
      if (record.t === 'run') run = record.run
      if (record.t === 'will') {
        lastId = Math.max(lastId, record.id)
        entries.set(record.id, { id: record.id, kind: record.kind, name: record.name, detail: record.detail })
      }
      if (record.t === 'did') {
        const entry = entries.get(record.id)
        if (entry !== undefined) entries.set(entry.id, { ...entry, detail: { ...entry.detail, ...record.detail } })
      }
      if (record.t === 'gone') entries.delete(record.id)
    }
  }
  return { run, lastId, torn, open: [...entries.values()].sort((a, b) => a.id - b.id) }
}

/** Undefined for a line that is not whole. Each line is on disk before anything is made, so nothing was made for such a line. */
function parseRecord(text: string, place: string): JournalLine | undefined {
  const json = jsonOf(text)
  if (json === undefined || !text.startsWith('{')) return undefined
  const read = journalLineSchema.safeParse(json.value)
  if (read.success) return read.data
  throw new BenchError('io', `${place} must be a line of a journal, got ${text.slice(0, 80)}`)
}
