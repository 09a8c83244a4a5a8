/** A text file → its lines, with little memory. It also tells whether the last line is cut off. */
import { createReadStream } from 'node:fs'
import { BenchError } from '../model/error.ts'
import { markBytes } from './imports/file-text.ts'
import { refuseOtherKinds } from './plain-file.ts'
import { hasCode, reading } from './private-file.ts'

const chunkBytes = 1024 * 1024
/** The longest line that is read: ours are shorter, and a file without newlines must not fill the memory. */
const lineBytes = 64 * 1024 * 1024
const newline = 0x0a

export interface TextLine {
  readonly text: string
  readonly number: number
  /** It is the last line and has no newline, so its writer may have been stopped in the middle of it. */
  readonly torn: boolean
}

/** Gives lines in batches, because one promise for each line would take most of the time. Throws `not-found`, `io`, `recording-invalid`. */
export async function* textLines(path: string): AsyncGenerator<readonly TextLine[]> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  let started = false
  await refuseOtherKinds(path, `file ${path}`)
  const chunks = createReadStream(path, { highWaterMark: chunkBytes })[Symbol.asyncIterator]()
  for (;;) {
    const next = await nextChunk(path, chunks)
    if (next === undefined) break
    const data = rest.length === 0 ? next : Buffer.concat([rest, next])
    const lines: TextLine[] = []
    let from = started ? 0 : markBytes(data, path)
    started = true
    for (let at = data.indexOf(newline, rest.length); at >= 0; at = data.indexOf(newline, from)) {
      number += 1
      lines.push({ text: data.toString('utf8', from, at), number, torn: false })
      from = at + 1
    }
    rest = data.subarray(from)
    if (rest.length > lineBytes) {
      throw new BenchError('recording-invalid', `${path}:${number + 1} must be a line of at most 64 MiB, got more`)
    }
    yield lines
  }
  if (rest.length > 0) yield [{ text: rest.toString('utf8'), number: number + 1, torn: true }]
}

async function nextChunk(path: string, chunks: AsyncIterator<unknown>): Promise<Buffer | undefined> {
  try {
    const next = await reading(`file ${path}`, () => chunks.next())
    return next.done === true ? undefined : (next.value as Buffer)
  } catch (error) {
    if (error instanceof BenchError && hasCode(error.cause, 'ENOENT')) {
      throw new BenchError('not-found', `file ${path} must exist, got none`, { cause: error.cause })
    }
    throw error
  }
}
