/** Where files may be put: below an absolute directory, and nowhere else. */
import { isAbsolute } from 'node:path/posix'
import { BenchError } from '../model/error.ts'

/** Throws BenchError `bug` for a name that leaves the directory. */
export function checkPlace(directory: string, names: readonly string[]): void {
  if (!isAbsolute(directory) || directory.includes('\0') || directory.split('/').includes('..')) {
    throw new BenchError('bug', `directory must be absolute and without "..", got ${JSON.stringify(directory)}`)
  }
  for (const name of names) {
    const parts = name.split('/')
    const odd = parts.some((part) => part === '' || part === '.' || part === '..' || part.startsWith('-'))
    if (odd || name.includes('\0') || name.includes('\n')) {
      throw new BenchError('bug', `file name must be relative and without "..", got ${JSON.stringify(name)}`)
    }
  }
}
