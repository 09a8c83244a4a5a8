/** Files and folders that only their owner can read. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { ErrorCode } from '../model/error.ts'

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
  return asking('io', `folder ${folder} must be readable`, names, chooser)
}

/** Does the action; an error of the system becomes a BenchError with the remedy. */
export async function asking<T>(
  code: ErrorCode,
  wish: string,
  action: () => Promise<T>,
  chooser: Chooser = '--out',
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof BenchError || !(error instanceof Error)) throw error
    const system = 'code' in error && typeof error.code === 'string' ? error.code : error.message
    throw new BenchError(code, `${wish}, got ${system}`, {
      cause: error,
      ...(hints[system] === undefined ? {} : { hint: hints[system](chooser) }),
    })
  }
}

const permitted = (chooser: Chooser) => `choose a folder you may write to with ${chooser}, or change its permissions`

const hints: Readonly<Record<string, (chooser: Chooser) => string>> = {
  EACCES: permitted,
  EPERM: permitted,
  EROFS: (chooser) => `the file system is read-only; choose another folder with ${chooser}`,
  ENOSPC: (chooser) => `the disk is full; free some space or choose another folder with ${chooser}`,
  EDQUOT: (chooser) => `the disk quota is used up; free some space or choose another folder with ${chooser}`,
  ENOTDIR: (chooser) => `a part of the path is a file; choose another folder with ${chooser}`,
  ELOOP: (chooser) => `a link of the path leads to itself; remove it or choose another folder with ${chooser}`,
  EEXIST: (chooser) => `something of that name is there already; move it or choose another folder with ${chooser}`,
}

/** Is it a system error with this code? */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
