/** A file of another tool → its numbers; which tool it was is seen from the content, not from the name. */
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { BenchError } from '../../model/error.ts'
import type { Imported } from '../../model/imported.ts'
import { asking } from '../private-file.ts'
import { importNatscli } from './natscli.ts'
import { importOmb } from './omb.ts'

const mostBytes = 64 * 1024 * 1024

/** Throws `io` for a file that cannot be read, `recording-invalid` for one that is of neither tool. */
export async function readImport(path: string): Promise<Imported> {
  const { size } = await asking('io', `file ${path} must be readable`, () => stat(path))
  if (size > mostBytes) throw new BenchError('recording-invalid', `${path} must be at most 64 MiB, got ${size} bytes`)
  const text = await asking('io', `file ${path} must be readable`, () => readFile(path, 'utf8'))
  return importText(text, basename(path))
}

export function importText(text: string, file: string): Imported {
  const start = text.trimStart()
  if (start.startsWith('{')) return importOmb(text, file)
  if (start.startsWith('#')) return importNatscli(text, file)
  throw new BenchError(
    'recording-invalid',
    `${file} must be a CSV of nats bench or a JSON of the OpenMessaging Benchmark, got neither`,
    {
      hint: 'nats bench writes such a file with --csv FILE',
    },
  )
}
