/** Bytes of a file → its text. */
import { BenchError } from '../../model/error.ts'

/** Files that are no text, by their first bytes. */
const packed = [
  ['1f8b', 'compressed (gzip)', 'unpack it first'],
  ['28b52ffd', 'compressed (zstd)', 'unpack it first'],
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
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  const found = packed.find(([mark]) => start.startsWith(mark))
  if (found !== undefined) throw invalid(`${file} must be text, it is ${found[1]}`, found[2])
  const encoding = start.startsWith('fffe') ? 'utf-16le' : start.startsWith('feff') ? 'utf-16be' : 'utf-8'
  const text = new TextDecoder(encoding).decode(bytes)
  if (text.includes('\u0000')) throw invalid(`${file} must be text, it holds zero bytes`, 'save it as UTF-8')
  return text
}

function invalid(message: string, hint: string): BenchError {
  return new BenchError('recording-invalid', message, { hint })
}
