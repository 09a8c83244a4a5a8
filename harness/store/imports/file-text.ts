/** Bytes of a file → its text. */
import { BenchError } from '../../model/error.ts'
import { fileFormatOf } from '../../model/file-format.ts'

/**
 * Reads UTF-8, or UTF-16 with a byte order mark, as spreadsheets and PowerShell write it. The mark is left out. Throws
 * `recording-invalid` for a file that is no text.
 */
export function textOfBytes(bytes: Uint8Array, file: string): string {
  const text = new TextDecoder(encodingOf(bytes, file)).decode(bytes)
  if (text.includes('\u0000')) throw invalid(`${file} must be text, it holds zero bytes`, 'save it as UTF-8')
  return text
}

/** The first bytes of a file of ours → how many of them are a byte order mark. Throws `recording-invalid` where it is no UTF-8. */
export function markBytes(start: Uint8Array, file: string): number {
  const encoding = encodingOf(start, file)
  if (encoding !== undefined && encoding !== 'utf-8')
    throw invalid(`${file} must be UTF-8, it is ${encoding.toUpperCase()}`, 'write it again as UTF-8')
  return encoding === undefined ? 0 : 3
}

/** By its byte order mark; undefined where there is none. */
function encodingOf(bytes: Uint8Array, file: string) {
  const format = fileFormatOf(bytes)
  if (format !== undefined && format.encoding === undefined)
    throw invalid(`${file} must be text, it is ${format.is}`, format.remedy)
  return format?.encoding
}

function invalid(message: string, hint: string): BenchError {
  return new BenchError('recording-invalid', message, { hint })
}
