/** Index of runs that may have left something, so that `bench sweep` finds them wherever their folders are. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { asBenchError, BenchError } from '../model/error.ts'
import { dictionary, parseAs } from '../model/json.ts'
import { substrateSchema } from '../model/substrates.ts'
import { keptText } from './plain-file.ts'
import { makePrivateFolder, namesIn, writePrivateFile } from './private-file.ts'
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
  await makePrivateFolder(join(state, 'active'), 'XDG_STATE_HOME')
  await writePrivateFile(fileOf(state, active.run), JSON.stringify(active), 'XDG_STATE_HOME')
}

/** Removes a run, when its journal has no open entry. */
export async function removeActive(state: string, run: string): Promise<void> {
  await rm(fileOf(state, run), { force: true })
}

export interface Index {
  /** Oldest first. Compare `pid` and `start` to see whether a run is still alive. */
  readonly runs: readonly ActiveRun[]
  /** One error for each entry that cannot be read: what its run left is not known. */
  readonly broken: readonly BenchError[]
}

export async function listActive(state: string): Promise<Index> {
  const names = await namesIn(join(state, 'active'), 'XDG_STATE_HOME')
  const runs = names.filter((name) => isRunId(name.replace(/\.json$/, ''))).sort()
  const found: ActiveRun[] = []
  const broken: BenchError[] = []
  // One after the other: there may be more than a process may open at once.
  for (const name of runs) {
    const active = await readActive(join(state, 'active', name)).catch(asBenchError)
    if (active instanceof BenchError) broken.push(active)
    else if (active !== undefined) found.push(active)
  }
  return { runs: found, broken }
}

/** Undefined for a run that was removed after the folder was listed. */
async function readActive(path: string): Promise<ActiveRun | undefined> {
  const hint = 'remove it once nothing of that run is left on the host'
  const content = await keptText(path, `entry ${path} of the index of runs`, hint)
  if (content === undefined) return undefined
  const active = parseAs(activeSchema, content)
  if (active !== undefined) return active
  throw new BenchError('io', `${path} must be an entry of the index of runs, got something else`, { hint })
}

/** Of a run whose journal cannot be used: what somebody has to do by hand. */
export function byHand(state: string, { run, host, directory }: ActiveRun): string {
  const where = host === 'local' ? 'this machine' : host
  return `what the run left cannot be known: end what still works in ${directory} of ${where}, then remove ${fileOf(state, run)}`
}

function fileOf(state: string, run: string): string {
  if (!isRunId(run)) throw new BenchError('bug', `run id must be as made by runId, got ${JSON.stringify(run)}`)
  return join(state, 'active', `${run}.json`)
}
