/** Finds a stored run by what people type: a folder, an id, the beginning of an id, a tag, or `latest`. */
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { BenchError, reasonOf } from '../model/error.ts'
import { hasCode, namesIn } from './private-file.ts'
import { fileKind } from './plain-file.ts'
import { fileNames } from './run-folder.ts'
import { isRunId } from './run-id.ts'

export interface StoredRun {
  readonly run: string
  readonly path: string
}

/** Throws `not-found` when no run or several runs match, with a list of runs. */
export async function findRun(ref: string, root: string): Promise<StoredRun> {
  const there = await listRuns(root)
  if (ref === 'latest') {
    const last = there.at(-1)
    if (last === undefined) throw missing(ref, root, there)
    return last
  }
  const asFolder = resolve(ref)
  if (await hasRecording(asFolder)) return { run: basename(asFolder), path: asFolder }
  const exact = there.find(({ run }) => run === ref)
  if (exact !== undefined) return exact
  const matching = ref === '' ? [] : there.filter(({ run }) => run.startsWith(ref) || run.endsWith(`-${ref}`))
  const [only] = matching
  if (only === undefined) throw (await notARun(ref)) ?? missing(ref, root, there)
  if (matching.length > 1) {
    throw new BenchError('not-found', `run ${JSON.stringify(ref)} must be one run, got ${matching.length}`, {
      lines: matching.map(({ run }) => run),
    })
  }
  return only
}

/** Oldest first, because ids begin with the date. */
export async function listRuns(root: string): Promise<readonly StoredRun[]> {
  const names = await namesIn(root)
  const runs = names.filter(isRunId).sort()
  const whole = await Promise.all(runs.map((run) => hasRecording(join(root, run))))
  return runs.filter((_, index) => whole[index]).map((run) => ({ run, path: join(root, run) }))
}

/** Errors for which a folder counts as no run, so that one unreadable folder does not hide the other runs. */
const noRun = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM']

async function hasRecording(folder: string): Promise<boolean> {
  return stat(join(folder, fileNames.recording)).then(
    (found) => found.isFile() && found.size > 0,
    (error: unknown) => {
      if (noRun.some((code) => hasCode(error, code))) return false
      throw error
    },
  )
}

/** Of a path that is there, and holds no recording, what it holds instead; undefined where nothing is there. */
async function notARun(ref: string): Promise<BenchError | undefined> {
  const path = resolve(ref)
  const found = ref === '' ? undefined : await whatIsAt(path)
  if (found === undefined) return undefined
  if (found !== 'a folder') {
    return new BenchError('not-found', `run ${path} must be a folder, got ${found}`, {
      ...(found === 'a pipe' ? { hint: 'what comes through a pipe must be in a file first' } : {}),
    })
  }
  const there = (await whatIsAt(join(path, fileNames.recording))) ?? 'none'
  return new BenchError('not-found', `folder ${path} must hold a run's ${fileNames.recording}, got ${there}`, {
    hint: 'give the folder of a run, or --out, the folder in which runs are',
  })
}

function whatIsAt(path: string): Promise<string | undefined> {
  return stat(path).then(fileKind, (error: unknown) => (hasCode(error, 'ENOENT') ? undefined : reasonOf(error)))
}

function missing(ref: string, root: string, there: readonly StoredRun[]): BenchError {
  return new BenchError('not-found', `run ${JSON.stringify(ref)} must be in ${root}, got none`, {
    hint:
      there.length === 0 ? 'no run is stored there yet; `pnpm bench` makes one' : 'the newest runs are listed below',
    lines: there.slice(-8).map(({ run }) => run),
  })
}
