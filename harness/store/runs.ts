/** Finds a stored run by what people type: a folder, an id, the beginning of an id, a tag, or `latest`. */
import { access, constants, lstat, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { BenchError } from '../model/error.ts'
import { hasCode, namesIn, readingHint, systemCode } from './private-file.ts'
import { fileKind } from './plain-file.ts'
import { fileNames } from './run-folder.ts'
import { isRunId } from './run-id.ts'

export interface StoredRun {
  readonly run: string
  readonly path: string
}

/** What is stored under a run's id. */
interface Found extends StoredRun {
  /** What stands in the place of a recording that can be read: `none`, `an empty file`, `EACCES` ... Undefined for a whole run. */
  readonly instead: string | undefined
}

/**
 * `ref` may be a path from `cwd`. Throws `not-found` when no run or several runs match, with a list of runs, and when the
 * recording of the one that matches cannot be read. One such run does not hide the others from `latest`.
 */
export async function findRun(ref: string, root: string, cwd = process.cwd()): Promise<StoredRun> {
  const all = await foldersIn(root)
  const there = all.filter(isWhole)
  if (ref === 'latest') {
    const last = there.at(-1) ?? all.at(-1)
    if (last === undefined) throw missing(ref, root, there)
    return whole(last)
  }
  const asFolder = resolve(cwd, ref)
  if ((await insteadOf(asFolder)) === undefined) return { run: basename(asFolder), path: asFolder }
  const exact = all.find(({ run }) => run === ref)
  if (exact !== undefined) return whole(exact)
  const matching = ref === '' ? [] : all.filter(({ run }) => run.startsWith(ref) || run.endsWith(`-${ref}`))
  const readable = matching.filter(isWhole)
  const meant = readable.length === 0 ? matching : readable
  const [only] = meant
  if (only === undefined) throw (await notARun(ref, asFolder)) ?? missing(ref, root, there)
  if (meant.length > 1) {
    throw new BenchError('not-found', `run ${JSON.stringify(ref)} must be one run, got ${meant.length}`, {
      lines: meant.map(({ run }) => run),
    })
  }
  return whole(only)
}

/** Oldest first, because ids begin with the date. Those without a recording that can be read are left out. */
export async function listRuns(root: string): Promise<readonly StoredRun[]> {
  return (await foldersIn(root)).filter(isWhole).map(({ run, path }) => ({ run, path }))
}

/** Whatever is named as runs are, oldest first. */
async function foldersIn(root: string): Promise<readonly Found[]> {
  const runs = (await namesIn(root)).filter(isRunId).sort()
  return Promise.all(
    runs.map(async (run) => ({ run, path: join(root, run), instead: await insteadOf(join(root, run)) })),
  )
}

function isWhole({ instead }: Found): boolean {
  return instead === undefined
}

/** Undefined where the folder has a recording that can be read. */
async function insteadOf(folder: string): Promise<string | undefined> {
  const recording = join(folder, fileNames.recording)
  const is = await whatIsAt(recording)
  if (is !== 'a file') return is ?? 'none'
  return access(recording, constants.R_OK).then(() => undefined, systemCode)
}

function whole(found: Found): StoredRun {
  if (found.instead !== undefined) throw broken(found.path, found.instead)
  return { run: found.run, path: found.path }
}

function broken(path: string, instead: string): BenchError {
  const code = instead === 'EACCES' || instead === 'EPERM' ? 'io' : 'not-found'
  return new BenchError(code, `${fileNames.recording} of ${path} must be a readable recording, got ${instead}`, {
    hint:
      readingHint(instead) ?? 'export and compare can read its report.json, if it has one; otherwise remove the folder',
  })
}

/** Of a path that is there, and holds no recording, what it holds instead, and that a path is not there; undefined for other words. */
async function notARun(ref: string, path: string): Promise<BenchError | undefined> {
  if (ref === '') return undefined
  const found = await whatIsAt(path)
  if (found === undefined) return isPath(ref) ? noFile(path) : undefined
  if (found !== 'a folder') {
    return new BenchError('not-found', `run ${path} must be a folder, got ${found}`, {
      ...(found === 'a pipe' ? { hint: 'what comes through a pipe must be in a file first' } : {}),
    })
  }
  const instead = (await insteadOf(path)) ?? 'none'
  if (isRunId(basename(path))) return broken(path, instead)
  return new BenchError('not-found', `folder ${path} must hold a run's ${fileNames.recording}, got ${instead}`, {
    hint: readingHint(instead) ?? 'give the folder of a run, or --out, the folder in which runs are',
  })
}

/** Nothing else that names a run has a slash or such an ending. */
function isPath(ref: string): boolean {
  return ref.includes('/') || /\.(csv|json|ndjson|txt)$/i.test(ref)
}

function noFile(path: string): BenchError {
  return new BenchError('not-found', `file or folder ${path} must exist, got none`)
}

/** In words, or the code of the error of the system; undefined where nothing is. */
async function whatIsAt(path: string): Promise<string | undefined> {
  return stat(path).then(fileKind, async (error: unknown) => {
    if (!hasCode(error, 'ENOENT')) return systemCode(error)
    return lstat(path).then(
      () => 'a link that leads nowhere',
      () => undefined,
    )
  })
}

function missing(ref: string, root: string, there: readonly StoredRun[]): BenchError {
  return new BenchError('not-found', `run ${JSON.stringify(ref)} must be in ${root}, got none`, {
    hint:
      there.length === 0 ? 'no run is stored there yet; `pnpm bench` makes one' : 'the newest runs are listed above',
    lines: there.slice(-8).map(({ run }) => run),
  })
}
