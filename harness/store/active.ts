/** Index of runs that may have left something, so that `bench sweep` finds them wherever their folders are. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../model/error.ts'
import { dictionary, parseAs } from '../model/json.ts'
import { substrateSchema } from '../model/substrates.ts'
import { hasCode, makePrivateFolder, namesIn, writePrivateFile } from './private-file.ts'
import { isRunId } from './run-id.ts'

const text = z.string()
const activeSchema = z.object({
  run: text,
  /** Run folder with the journal. */
  folder: text,
  substrate: substrateSchema,
  /** `local` or `ssh://user@host`. */
  host: text,
  /** Folder on the host for files of the run; SubstrateContext.directory. */
  directory: text,
  settings: dictionary(text),
  pid: z.number(),
  start: text,
})
export type ActiveRun = z.output<typeof activeSchema>

/** Adds a run, before it makes anything. */
export async function addActive(state: string, active: ActiveRun): Promise<void> {
  await makePrivateFolder(join(state, 'active'))
  await writePrivateFile(fileOf(state, active.run), JSON.stringify(active))
}

/** Removes a run, when its journal has no open entry. */
export async function removeActive(state: string, run: string): Promise<void> {
  await rm(fileOf(state, run), { force: true })
}

/** All runs of the index, oldest first. Compare `pid` and `start` to see whether a run is still alive. */
export async function listActive(state: string): Promise<readonly ActiveRun[]> {
  const names = await namesIn(join(state, 'active'))
  const runs = names.filter((name) => isRunId(name.replace(/\.json$/, ''))).sort()
  const found: ActiveRun[] = []
  // One after the other: there may be more than a process may open at once.
  for (const name of runs) {
    const active = await readActive(join(state, 'active', name))
    if (active !== undefined) found.push(active)
  }
  return found
}

/** Undefined for a run that was removed after the folder was listed. */
async function readActive(path: string): Promise<ActiveRun | undefined> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw new BenchError('io', `${path} must be readable, got ${String(error)}`, { cause: error })
  }
  const active = parseAs(activeSchema, content)
  if (active !== undefined) return active
  throw new BenchError('io', `${path} must be an entry of the index of runs, got something else`, {
    hint: 'remove the file once nothing of that run is left on the host',
  })
}

function fileOf(state: string, run: string): string {
  if (!isRunId(run)) throw new BenchError('bug', `run id must be as made by runId, got ${JSON.stringify(run)}`)
  return join(state, 'active', `${run}.json`)
}
