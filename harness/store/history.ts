/** `reports/history/<run>.json`: one small file for each run, so git merges them easily; reports/index.html is made from them. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError, reasonOf } from '../model/error.ts'
import { historySchema, type HistoryEntry } from '../model/history.ts'
import { jsonOf, schemaNumber } from '../model/json.ts'
import { makePrivateFolder, namesIn, writePrivateFile } from './private-file.ts'
import { isRunId } from './run-id.ts'
import { count } from '../model/count.ts'

export async function saveHistory(root: string, entry: HistoryEntry): Promise<void> {
  if (!isRunId(entry.run))
    throw new BenchError('recording-invalid', `run id must be plain, got ${JSON.stringify(entry.run)}`)
  await makePrivateFolder(join(root, 'history'))
  await writePrivateFile(join(root, 'history', `${entry.run}.json`), `${JSON.stringify(entry)}\n`)
}

export interface StoredHistory {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[]
  /** A sentence for each of the first files that cannot be used, and one for all others. They are left out; the rest counts. */
  readonly broken: readonly string[]
}

/** Files are read one after the other, because there may be more than a process may open at once. */
export async function readHistory(root: string): Promise<StoredHistory> {
  const folder = join(root, 'history')
  const names = await namesIn(folder)
  const entries: HistoryEntry[] = []
  const broken: string[] = []
  for (const name of names.filter((each) => each.endsWith('.json') && isRunId(each.slice(0, -5))).sort()) {
    const entry = await readEntry(join(folder, name), name.slice(0, -5))
    if (typeof entry === 'string') broken.push(entry)
    else entries.push(entry)
  }
  return { entries, broken: told(broken, folder) }
}

const mostTold = 5

/** A folder that was spoilt as a whole, such as by a merge, must not bury the result of a run. */
function told(broken: readonly string[], folder: string): readonly string[] {
  const more = broken.length - mostTold
  return more <= 0
    ? broken
    : [...broken.slice(0, mostTold), `${count(more, 'more file')} of ${folder} cannot be used either`]
}

const mostBytes = 16 * 1024 * 1024

/** A copy under another name would count one run twice. */
async function readEntry(path: string, run: string): Promise<HistoryEntry | string> {
  const left = 'it is left out; remove it, or write it again with "pnpm bench analyse"'
  let text: string
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > mostBytes)
      return `history ${path} cannot be read (it must be a plain file of at most 16 MiB); ${left}`
    text = await readFile(path, 'utf8')
  } catch (error) {
    return `history ${path} cannot be read (${reasonOf(error)}); ${left}`
  }
  const json = jsonOf(text)
  const schema = schemaNumber(json?.value)
  if (schema !== undefined && schema !== 1)
    return `history ${path} is an entry of schema ${schema}, this harness reads schema 1; it is left out`
  const entry = historySchema.safeParse(json?.value).data
  if (entry === undefined) {
    const found = json === undefined ? 'no JSON' : 'something else'
    return `history ${path} must be an entry of schema 1, got ${found}; ${left}`
  }
  if (entry.run !== run) return `history ${path} must be of the run it is named after, got a copy of another; ${left}`
  return entry
}
