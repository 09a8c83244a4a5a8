/** The question that a check or a curve was run for. */
import { join } from 'node:path'
import { askedSchema, type Asked } from '../model/asked.ts'
import { BenchError } from '../model/error.ts'
import { issueLines, jsonOf } from '../model/json.ts'
import { keptText } from './plain-file.ts'
import { fileNames } from './run-folder.ts'

/** Undefined for a plain run. Throws `recording-invalid` for a file that the harness did not write. */
export async function readAsked(folder: string): Promise<Asked | undefined> {
  const path = join(folder, fileNames.asked)
  const text = await keptText(path, path, 'remove it to read the run as a plain one')
  if (text === undefined) return undefined
  const read = askedSchema.safeParse(jsonOf(text)?.value)
  if (read.success) return read.data
  throw new BenchError('recording-invalid', `${path} must hold what a check or curve was run for, got something else`, {
    lines: issueLines(read.error, 5),
  })
}
