/** Bytes of a file → its text. */
import { BenchError } from '../../model/error.ts'

/** Files that are no text, by their first bytes. */
const packed = [
  ['1f8b', 'compressed (gzip)', 'unpack it first'],
  ['28b52ffd', 'compressed (zstd)', 'unpack it first'],
  ['425a68', 'compressed (bzip2)', 'unpack it first'],
  ['fd377a585a00', 'compressed (xz)', 'unpack it first'],
  ['504b0304', 'a ZIP archive or a workbook of a spreadsheet', 'unpack it, or save the sheet as CSV'],
  ['d0cf11e0', 'a workbook of a spreadsheet', 'save the sheet as CSV'],
  ['25504446', 'a PDF', 'import the file that the tool itself wrote'],
] as const

/**
 * Reads UTF-8, or UTF-16 with a byte order mark, as spreadsheets and PowerShell write it. The mark is left out. Throws
 * `recording-invalid` for a file that is no text.
 */
export function textOfBytes(bytes: Uint8Array, file: string): string {
  refusePacked(bytes, file)
  const text = new TextDecoder(markedEncoding(bytes) ?? 'utf-8').decode(bytes)
  if (text.includes('\u0000')) throw invalid(`${file} must be text, it holds zero bytes`, 'save it as UTF-8')
  return text
}

/** The first bytes of a file of ours → how many of them are a byte order mark. Throws `recording-invalid` where it is no UTF-8. */
export function markBytes(start: Uint8Array, file: string): number {
  refusePacked(start, file)
  const encoding = markedEncoding(start)
  if (encoding !== undefined && encoding !== 'utf-8')
    throw invalid(`${file} must be UTF-8, it is ${encoding.toUpperCase()}`, 'write it again as UTF-8')
  return encoding === undefined ? 0 : 3
}

function refusePacked(bytes: Uint8Array, file: string): void {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  const found = packed.find(([mark]) => start.startsWith(mark))
  if (found !== undefined) throw invalid(`${file} must be text, it is ${found[1]}`, found[2])
}

/** By its byte order mark; undefined where there is none. */
function markedEncoding(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [one, two, three] = bytes
  if (one === 0xff && two === 0xfe) return 'utf-16le'
  if (one === 0xfe && two === 0xff) return 'utf-16be'
  return one === 0xef && two === 0xbb && three === 0xbf ? 'utf-8' : undefined
}

function invalid(message: string, hint: string): BenchError {
  return new BenchError('recording-invalid', message, { hint })
}
