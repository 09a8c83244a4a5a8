/** The question that a check or a curve was run for. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askedSchema, type Asked } from '../model/asked.ts'
import { BenchError } from '../model/error.ts'
import { issueLines, jsonOf } from '../model/json.ts'
import { hasCode } from './private-file.ts'
import { fileNames } from './run-folder.ts'

/** Undefined for a plain run. Throws `recording-invalid` for a file that the harness did not write. */
export async function readAsked(folder: string): Promise<Asked | undefined> {
  const path = join(folder, fileNames.asked)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const read = askedSchema.safeParse(jsonOf(text)?.value)
  if (read.success) return read.data
  throw new BenchError('recording-invalid', `${path} must hold what a check or curve was run for, got something else`, {
    lines: issueLines(read.error, 5),
  })
}
