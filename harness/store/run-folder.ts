/** `reports/<run id>/`: all files of one run, readable by its user alone. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { Line } from '../model/recording.ts'
import { openLineWriter } from './line-writer.ts'
import { asking, makePrivateFolder, writePrivateFile } from './private-file.ts'
import { isRunId } from './run-id.ts'

export const fileNames = {
  plan: 'plan.json',
  asked: 'asked.json',
  journal: 'journal.ndjson',
  recording: 'recording.ndjson',
  log: 'log.ndjson',
  page: 'report.html',
} as const

export interface RunFolder {
  readonly run: string
  readonly path: string
  /** Adds a line to the recording; resolves when the system has it. When the disk is full, this and all later calls reject with `io`. */
  append(line: Line): Promise<void>
  /** Adds an entry to log.ndjson: what programs printed and what was done. The time `at` is added. */
  log(entry: Readonly<Record<string, unknown>>): Promise<void>
  /** Writes a file of the folder completely or not at all: plan.json, report.json, report.md ... */
  write(name: string, text: string): Promise<void>
  close(): Promise<void>
}

/** Makes the folder before anything else is made. Throws `cannot-create` when that is not possible. */
export async function createRunFolder(root: string, run: string, now = () => new Date()): Promise<RunFolder> {
  if (!isRunId(run)) throw new BenchError('bug', `run id must be as made by runId, got ${JSON.stringify(run)}`)
  await makePrivateFolder(root)
  const path = join(root, run)
  await asking('cannot-create', `run folder ${path} must be creatable`, () => mkdir(path, { mode: 0o700 }))
  const recording = await openLineWriter(join(path, fileNames.recording))
  const log = await openLineWriter(join(path, fileNames.log))
  return {
    run,
    path,
    append: (line) => recording.append(JSON.stringify(line)),
    log: (entry) => log.append(JSON.stringify({ at: now().toISOString(), ...entry })),
    async write(name, text) {
      if (!/^[\w-][\w.-]{0,100}$/.test(name)) {
        throw new BenchError('bug', `file name must be plain, got ${JSON.stringify(name)}`)
      }
      await writePrivateFile(join(path, name), text)
    },
    async close() {
      const ends = await Promise.allSettled([recording.close(), log.close()])
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}
