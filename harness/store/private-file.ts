/** Files and folders that only their owner can read. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchError, fileTooLarge, reasonOf, systemCodeOf } from '../model/error.ts'
import type { ErrorCode } from '../model/error.ts'
import { known } from '../model/known.ts'

/** What says where a folder is: the option for reports, the variable for what is kept between runs. */
export type Chooser = '--out' | 'XDG_STATE_HOME'

/** Makes a folder and those above it. Throws `cannot-create`. */
export async function makePrivateFolder(path: string, chooser: Chooser = '--out'): Promise<void> {
  await asking('cannot-create', `folder ${path} must be creatable`, () => makeFolders(path), chooser)
}

/** Written here because Node's own recursive mkdir never ends below a folder like /proc, which exists but answers ENOENT. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (await isFolder(path)) return
    const above = dirname(path)
    if (!hasCode(error, 'ENOENT') || above === path) throw error
    await makeFolders(above)
    // Only once more, so that it ends: below /proc it gets ENOENT again.
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (!(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Writes a file completely or not at all: to a temporary file beside it, which is flushed and renamed. */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  chooser: Chooser = '--out',
): Promise<void> {
  const beside = join(dirname(path), `.${randomUUID()}.part`)
  const write = async () => {
    try {
      const file = await open(beside, 'wx', 0o600)
      try {
        await file.writeFile(content)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(beside, path)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
  }
  await asking('io', `file ${path} must be writable`, write, chooser)
}

/** Names in a folder; empty where the folder does not exist. Throws `io`. */
export async function namesIn(folder: string, chooser: Chooser = '--out'): Promise<readonly string[]> {
  const names = () =>
    readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    })
  return reading(`folder ${folder}`, names, chooser)
}

/** Does what makes or writes; an error of the system becomes a BenchError with the remedy. */
export async function asking<T>(
  code: ErrorCode,
  wish: string,
  action: () => Promise<T>,
  chooser: Chooser = '--out',
): Promise<T> {
  return explained(code, wish, action, (system) => hints[system]?.(chooser, 'write'))
}

/** Does what reads `what`, such as `file /path`; an error of the system becomes `io` with the remedy. */
export async function reading<T>(what: string, action: () => Promise<T>, chooser: Chooser = '--out'): Promise<T> {
  return explained('io', `${what} must be readable`, action, (system) => readingHint(system, chooser))
}

/** What to do about an error of the system, such as `EACCES`, that reading ended with; undefined where we know nothing. */
export function readingHint(system: string, chooser: Chooser = '--out'): string | undefined {
  return hints[system]?.(chooser, 'read')
}

async function explained<T>(
  code: ErrorCode,
  wish: string,
  action: () => Promise<T>,
  hintOf: (system: string) => string | undefined,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof BenchError || !(error instanceof Error)) throw error
    const system = systemCode(error)
    throw new BenchError(code, `${wish}, got ${system}`, { cause: error, ...known({ hint: hintOf(system) }) })
  }
}

/** `ENOENT` and the like; the sentence of an error that has none. */
export function systemCode(error: unknown): string {
  return systemCodeOf(error) ?? reasonOf(error)
}

type Hint = (chooser: Chooser, wish: 'read' | 'write') => string

const permitted: Hint = (chooser, wish) =>
  `choose a folder you may ${wish === 'read' ? 'read' : 'write to'} with ${chooser}, or change its permissions`

const hints: Readonly<Record<string, Hint>> = {
  EACCES: permitted,
  EPERM: permitted,
  EROFS: (chooser) => `the file system is read-only; choose another folder with ${chooser}`,
  ENOSPC: (chooser) => `the disk is full; free some space or choose another folder with ${chooser}`,
  EFBIG: () => fileTooLarge,
  EDQUOT: (chooser) => `the disk quota is used up; free some space or choose another folder with ${chooser}`,
  ENOTDIR: (chooser) => `a part of the path is a file; choose another folder with ${chooser}`,
  ELOOP: (chooser) => `a link of the path leads to itself; remove it or choose another folder with ${chooser}`,
  ENAMETOOLONG: (chooser) => `a name of the path is too long; choose another folder with ${chooser}`,
  ENOENT: (chooser, wish) =>
    `${wish === 'read' ? 'it is gone' : 'nothing can be made there'}; choose another folder with ${chooser}`,
  EISDIR: (chooser) => `a folder of that name is there; move it or choose another folder with ${chooser}`,
  EEXIST: (chooser) => `something of that name is there already; move it or choose another folder with ${chooser}`,
}

/** Is it a system error with this code? */
export function hasCode(error: unknown, code: string): boolean {
  return systemCodeOf(error) === code
}
