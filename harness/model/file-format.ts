/** What a file is that is not plain UTF-8, by its first bytes. */

/** Text with a byte order mark (`encoding`: how TextDecoder calls it), or no text (`remedy`: what a person does so that we can read it). */
export type FileFormat = { readonly is: string } & (
  { readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' } | { readonly encoding?: never; readonly remedy: string }
)

const formats: readonly (FileFormat & { readonly mark: string })[] = [
  { mark: 'efbbbf', is: 'UTF-8', encoding: 'utf-8' },
  { mark: 'fffe', is: 'UTF-16LE', encoding: 'utf-16le' },
  { mark: 'feff', is: 'UTF-16BE', encoding: 'utf-16be' },
  { mark: '1f8b', is: 'compressed (gzip)', remedy: 'unpack it first' },
  { mark: '28b52ffd', is: 'compressed (zstd)', remedy: 'unpack it first' },
  { mark: '425a68', is: 'compressed (bzip2)', remedy: 'unpack it first' },
  { mark: 'fd377a585a00', is: 'compressed (xz)', remedy: 'unpack it first' },
  {
    mark: '504b0304',
    is: 'a ZIP archive or a workbook of a spreadsheet',
    remedy: 'unpack it, or save the sheet as CSV',
  },
  { mark: 'd0cf11e0', is: 'a workbook of a spreadsheet', remedy: 'save the sheet as CSV' },
  { mark: '25504446', is: 'a PDF', remedy: 'import the file that the tool itself wrote' },
]

/** Undefined for everything else, text without a byte order mark among it. */
export function fileFormatOf(bytes: Uint8Array): FileFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  return formats.find(({ mark }) => start.startsWith(mark))
}
