/** Appends lines to a file in order; several in one write when they come faster than the disk takes them. */
import { open } from 'node:fs/promises'
import { asking } from './private-file.ts'

export interface LineWriter {
  /** Resolves when the system has taken the line. When it cannot, this call and all later ones reject. */
  append(line: string): Promise<void>
  /** Writes all to disk and closes the file. Throws the error of an append that nobody waited for. */
  close(): Promise<void>
}

/** Creates the file, which must not exist; with `a` it appends. */
export async function openLineWriter(path: string, flag: 'wx' | 'a' = 'wx'): Promise<LineWriter> {
  const file = await asking('cannot-create', `file ${path} must be creatable`, () => open(path, flag, 0o600))
  let waiting: string[] = []
  let batch: Promise<void> | undefined
  let failure: Promise<never> | undefined

  const flush = async (): Promise<void> => {
    await Promise.resolve() // lines that are appended in the same turn of the event loop go into one write
    while (waiting.length > 0) {
      const text = waiting.join('')
      waiting = []
      await asking('io', `file ${path} must be writable`, () => file.appendFile(text))
    }
  }
  return {
    append(line) {
      if (failure !== undefined) return failure
      waiting.push(`${line}\n`)
      if (batch === undefined) {
        const started = flush().finally(() => {
          batch = undefined
        })
        batch = started
        // A caller who does not wait still gets the failure at the next append and at close.
        started.catch(() => {
          failure = started as Promise<never>
        })
      }
      return batch
    },
    async close() {
      try {
        await batch
        if (failure !== undefined) await failure
        await asking('io', `file ${path} must be writable`, () => file.datasync())
      } finally {
        await file.close()
      }
    },
  }
}
