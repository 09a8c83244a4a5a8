/** `reports/history/<run>.json`: one small file a run, plain and mergeable; reports/index.html is made from them. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { HistoryEntry } from '../model/history.ts'
import { hasCode, makePrivateFolder, writePrivateFile } from './private-file.ts'
import { isRunId } from './run-id.ts'

export async function saveHistory(root: string, entry: HistoryEntry): Promise<void> {
  if (!isRunId(entry.run))
    throw new BenchError('recording-invalid', `run id must be plain, got ${JSON.stringify(entry.run)}`)
  await makePrivateFolder(join(root, 'history'))
  await writePrivateFile(join(root, 'history', `${entry.run}.json`), `${JSON.stringify(entry)}\n`)
}

/** Oldest first. Throws naming a file that is not an entry. */
export async function readHistory(root: string): Promise<readonly HistoryEntry[]> {
  const folder = join(root, 'history')
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('.json') && isRunId(name.slice(0, -5))).sort()
  return Promise.all(files.map((name) => readEntry(join(folder, name))))
}

async function readEntry(path: string): Promise<HistoryEntry> {
  const text = await readFile(path, 'utf8')
  try {
    const entry = JSON.parse(text) as HistoryEntry
    if (entry.schema === 1 && Array.isArray(entry.metrics)) return entry
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new BenchError('recording-invalid', `history ${path} must be an entry of schema 1, got something else`, {
    hint: 'remove the file, or make it again with "pnpm bench analyse"',
  })
}
