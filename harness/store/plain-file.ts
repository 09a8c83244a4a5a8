/** A whole file that somebody named → its text. */
import { lstat, readFile, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename } from 'node:path'
import { BenchError, reasonOf } from '../model/error.ts'
import { textOfBytes } from './imports/file-text.ts'
import { hasCode } from './private-file.ts'

/**
 * `what`: such as `baseline /path`. Only a plain file is read: a pipe that nobody writes to has no end. Throws `not-found`
 * with `hint`, `io`, and `recording-invalid` for a file that is no text.
 */
export async function textOfFile(path: string, what: string, hint: string): Promise<string> {
  const bytes = await bytesOf(path, what).catch((cause: unknown) => {
    if (cause instanceof BenchError) throw cause
    if (hasCode(cause, 'ENOENT')) throw new BenchError('not-found', `${what} must exist, got none`, { cause, hint })
    throw unreadable(what, cause)
  })
  return textOfBytes(bytes, basename(path))
}

/** The text of a file that the harness keeps for itself; undefined where there is none. Throws `io` with `hint`. */
export async function keptText(path: string, what: string, hint: string): Promise<string | undefined> {
  try {
    return Buffer.from(await bytesOf(path, what)).toString('utf8')
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') && !(await isLink(path))) return undefined
    const { message } = cause instanceof BenchError ? cause : unreadable(what, cause)
    throw new BenchError('io', message, { cause, hint })
  }
}

/** Of what could not be found: is it there as a link that leads nowhere? */
async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  )
}

/** Throws `io` for what is there and is no plain file, before somebody opens it: opening a pipe waits for its other end. */
export async function refuseOtherKinds(path: string, what: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) throw notPlain(what, found)
}

async function bytesOf(path: string, what: string): Promise<Uint8Array> {
  const found = await stat(path)
  if (found.isFile()) return readFile(path)
  throw notPlain(what, found)
}

function notPlain(what: string, found: Stats): BenchError {
  return new BenchError('io', `${what} must be a file that can be read, got ${fileKind(found)}`)
}

function unreadable(what: string, cause: unknown): BenchError {
  return new BenchError('io', `${what} must be a file that can be read, got ${reasonOf(cause)}`, { cause })
}

/** What stands at a path, in words: `a folder`, `a pipe` ... */
export function fileKind(found: Stats): string {
  if (found.isDirectory()) return 'a folder'
  if (found.isFIFO()) return 'a pipe'
  if (found.isSocket()) return 'a socket'
  if (found.isFile()) return found.size === 0 ? 'an empty file' : 'a file'
  return 'a device'
}
