/** report.json → Report, or a sentence that says what the file is instead. */
import { BenchError } from '../model/error.ts'
import { issueLines, jsonOf, schemaNumber } from '../model/json.ts'
import { reportSchema, type Report } from '../model/report.ts'

/** `what`: such as `baseline /path`. Throws `recording-invalid`. */
export function reportOf(text: string, what: string): Report {
  const json = jsonOf(text)
  if (json === undefined) throw invalid(`${what} must be a report of schema 1, got no JSON`)
  return reportOfValue(json.value, what)
}

export function reportOfValue(value: unknown, what: string): Report {
  const read = reportSchema.safeParse(value)
  if (read.success) return read.data
  const schema = schemaNumber(value)
  if (schema !== undefined && schema !== 1) {
    throw invalid(`${what} is a report of schema ${schema}, this harness reads schema 1`)
  }
  throw invalid(`${what} must be a report of schema 1, got something else`, issueLines(read.error, 8))
}

function invalid(message: string, lines: readonly string[] = []): BenchError {
  return new BenchError('recording-invalid', message, { lines })
}
