/** recording.ndjson → Lines, one after the other. A recording that was cut off is read as far as possible; its last line says so. */
import { BenchError } from '../model/error.ts'
import { schemaNumber } from '../model/json.ts'
import { lineProblems, readLine } from '../model/read-frame.ts'
import type { Line } from '../model/recording.ts'
import { textLines } from './text-lines.ts'
import type { TextLine } from './text-lines.ts'

/**
 * Where the last line is cut off, or there is no `end` line (the runner was killed), the last line given is
 * `{ t: 'end', outcome: 'interrupted', because }`. Throws `not-found`, or `recording-invalid` for anything else that is wrong.
 */
export async function* readRecording(path: string): AsyncGenerator<Line> {
  let torn = false
  let ended = false
  let first = true
  for await (const batch of textLines(path)) {
    for (const line of batch) {
      if (line.text.trim() === '') continue
      const value = parsed(line, path)
      if (value === undefined) {
        torn = true
        continue
      }
      if (first) checkFirst(value, path)
      else if (ended || value.t === 'plan') throw joined(value, `${path}:${line.number}`)
      first = false
      ended = value.t === 'end'
      yield value
    }
  }
  if (first) throw new BenchError('recording-invalid', `${path} must begin with the plan, got an empty file`)
  if (!ended) yield { t: 'end', outcome: 'interrupted', because: because(torn) }
}

function because(torn: boolean): string {
  return torn ? 'the last line of the recording is torn off' : 'the recording stops without an end'
}

/** Undefined for a last line that is cut off. A complete last line that only lacks its newline counts. */
function parsed(line: TextLine, path: string): Line | undefined {
  let value: unknown
  try {
    value = JSON.parse(line.text)
  } catch (error) {
    if (line.torn) return undefined
    throw new BenchError('recording-invalid', `${path}:${line.number} must be JSON, got ${excerpt(line.text)}`, {
      cause: error,
    })
  }
  const known = readLine(value)
  if (known !== undefined) return known
  const schema = schemaNumber(value)
  if (line.number === 1 && schema !== undefined && !(schema === 1 || schema === 2)) throw otherSchema(path, schema)
  throw new BenchError('recording-invalid', `${path}:${line.number} must be a known line, got ${excerpt(line.text)}`, {
    lines: lineProblems(value),
  })
}

function checkFirst(line: Line, path: string): void {
  if (line.t === 'plan') return
  throw new BenchError('recording-invalid', `${path} must begin with the plan, got a line \`${line.t}\``)
}

function joined({ t }: Line, place: string): BenchError {
  const message = `${place} must belong to the run that the file begins with, got a line \`${t}\` of another`
  return new BenchError('recording-invalid', message, { hint: 'a file holds one recording: take them apart' })
}

function otherSchema(path: string, schema: number): BenchError {
  return new BenchError('recording-invalid', `${path} must have schema 1 or 2, got ${schema}`, {
    hint: 'it was made by another version of the harness; read it with that one',
  })
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}
