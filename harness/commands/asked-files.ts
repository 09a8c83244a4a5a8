/** Files that options ask for: opened before the work begins, so that a wrong path costs nobody a measurement. */
import { constants } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BenchError, emptyWord, reasonOf } from '../model/error.ts'

type Write = (option: string, text: () => string | Promise<string>) => Promise<void>

/**
 * `asked`: path by option, undefined where the option was not given. What `body` writes stands in the file at once; a file
 * that was not there and is never written is gone at the end. Throws `cannot-create` before `body`, `io` where writing fails.
 */
export async function withFiles<T>(
  cwd: string,
  asked: Readonly<Record<string, string | undefined>>,
  body: (write: Write) => Promise<T>,
): Promise<T> {
  const files = new Map<string, AskedFile>()
  try {
    for (const [option, path] of Object.entries(asked)) {
      if (path === '') throw emptyWord(option, 'a file')
      if (path !== undefined) files.set(option, await opened(option, resolve(cwd, path)))
    }
    return await body(async (option, text) => {
      const file = files.get(option)
      if (file !== undefined) await written(option, file, await text())
    })
  } finally {
    for (const file of files.values()) await ended(file)
  }
}

interface AskedFile {
  readonly path: string
  readonly handle: FileHandle
  readonly made: boolean
  written: boolean
}

async function opened(option: string, path: string): Promise<AskedFile> {
  const there = await stat(path).catch(() => undefined)
  try {
    const reader = there?.isFIFO() === true ? await readPipe(path) : undefined
    // what is in the file stays until there is something to put in its place
    const handle = await open(path, 'a').finally(() => reader?.close())
    return { path, handle, made: there === undefined, written: false }
  } catch (cause) {
    throw new BenchError('cannot-create', `${option} must name a file that can be written, got ${reasonOf(cause)}`, {
      cause,
      hint: `make its folder, or choose another path than ${path}`,
    })
  }
}

/** To open a named pipe waits for its reader, and no signal ends a process of Node that waits there. Throws where nobody reads it. */
async function readPipe(path: string): Promise<FileHandle> {
  return await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    const nobody = cause instanceof Error && 'code' in cause && cause.code === 'ENXIO'
    throw nobody ? new Error('a pipe that nobody reads', { cause }) : cause
  })
}

async function written(option: string, file: AskedFile, text: string): Promise<void> {
  try {
    // a pipe or a terminal has nothing to cut
    if ((await file.handle.stat()).isFile()) await file.handle.truncate(0)
    await file.handle.writeFile(text)
    file.written = true
  } catch (cause) {
    throw new BenchError('io', `${option} must be writable to its end, got ${reasonOf(cause)}`, { cause })
  }
}

async function ended({ path, handle, made, written }: AskedFile): Promise<void> {
  await handle.close()
  if (made && !written) await rm(path, { force: true })
}
