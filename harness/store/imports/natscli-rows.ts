/** CSV of `nats bench --csv` → its rows, each cell checked. */
import { BenchError } from '../../model/error.ts'
import { cellsOf, delimiterOf, numberOf, type Delimiter } from './csv-cells.ts'

const words = ['RunID', 'ClientID'] as const
const whole = ['MsgCount', 'MsgBytes', 'MsgsPerSec'] as const
const needed = ['BytesPerSec', 'DurationSecs'] as const
const all = [...words, ...whole, ...needed] as const
type Needed = (typeof whole)[number] | (typeof needed)[number]
const latencies = ['AvgLatencyMicroSecs', 'MaxLatencyMicroSecs'] as const
const quantiles = [
  'P50LatencyMicroSecs',
  'P90LatencyMicroSecs',
  'P99LatencyMicroSecs',
  'P99.9LatencyMicroSecs',
] as const
export type LatencyColumn = (typeof latencies)[number] | (typeof quantiles)[number]

export interface NatscliRow extends Readonly<Record<Needed, number>> {
  readonly run: string
  /** `P0`: it published or requested; `S0`: it received. */
  readonly client: string
  readonly latencies: Readonly<Partial<Record<LatencyColumn, number>>>
}

interface Header {
  readonly delimiter: Delimiter
  readonly columns: readonly string[]
}

const mostRows = 100_000

/** The most lines that may be above the header: a title, notes, or the `sep=;` that spreadsheets read. */
const mostLinesAbove = 20

/** Does one of the first lines name columns of such files? */
export function isNatscli(text: string): boolean {
  return headerLine(text.slice(0, 100_000).split(lineEnd)) >= 0
}

/** By one alone, such as RunID, a table of any tool may be meant. */
const fewestColumns = 2

const lineEnd = /\r\n|\r|\n/

/** Index of the header's line; -1 where there is none. */
function headerLine(lines: readonly string[]): number {
  const first = lines.findIndex((line) => line.trim() !== '')
  return lines.slice(0, first + 1 + mostLinesAbove).findIndex((line) => {
    const columns = columnsOf(line, delimiterOf(line))
    return all.filter((name) => columns.includes(name)).length >= fewestColumns
  })
}

/** Throws `recording-invalid` with line and column. */
export function natscliRows(text: string, file: string): NatscliRow[] {
  const rows: NatscliRow[] = []
  let header: Header | undefined
  const seen = new Set<string>()
  const lines = text.split(lineEnd)
  const above = headerLine(lines)
  lines.forEach((line, i) => {
    const at = `${file}:${i + 1}`
    if (line.trim() === '' || i < above) return
    if (header === undefined || columnsOf(line, header.delimiter).includes('RunID')) header = headerOf(line, at)
    else rows.push(ownRow(rowOf(line, header, at), seen, at))
    if (rows.length > mostRows) throw invalid(at, `must have at most ${mostRows} rows, got more`)
  })
  if (rows.length === 0) throw invalid(`${file}:1`, 'must have a row for each client, got none')
  return rows
}

/** Rates are summed over clients, so a row that is no client (such as a total) or that is there twice would be counted twice. */
function ownRow(row: NatscliRow, seen: Set<string>, at: string): NatscliRow {
  const { run, client } = row
  const shown = JSON.stringify(client.slice(0, 40))
  if (!/^[PS]\d+$/.test(client))
    throw invalid(at, `column ClientID must be P or S with a number, one that publishes or receives, got ${shown}`)
  const key = `${run} ${client}`
  if (seen.has(key)) throw invalid(at, `must have each client of a run once, got ${shown} twice`)
  seen.add(key)
  return row
}

function columnsOf(line: string, delimiter: Delimiter): string[] {
  return withoutEmptyEnd(cellsOf(line, delimiter), 0).map((cell, i) => (i === 0 ? cell.replace(/^#\s*/, '') : cell))
}

/** Removes empty cells at the end, which spreadsheets add to short lines. */
function withoutEmptyEnd(cells: readonly string[], least: number): readonly string[] {
  const last = cells.findLastIndex((cell) => cell !== '')
  return cells.slice(0, Math.max(least, last + 1))
}

function headerOf(line: string, at: string): Header {
  const delimiter = delimiterOf(line)
  const columns = columnsOf(line, delimiter)
  const missing = all.filter((column) => !columns.includes(column))
  if (missing.length > 0)
    throw invalid(at, `must have the columns of nats bench, got none called ${missing.join(', ')}`)
  const twice = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twice !== undefined)
    throw invalid(at, `must have each column once, got ${JSON.stringify(twice.slice(0, 40))} twice`)
  return { delimiter, columns }
}

function rowOf(line: string, { delimiter, columns }: Header, at: string): NatscliRow {
  const cells = withoutEmptyEnd(cellsOf(line, delimiter), columns.length)
  if (cells.length !== columns.length) {
    throw invalid(at, `must have ${columns.length} cells as its header, got ${cells.length}`)
  }
  const cell = (column: string) => cells[columns.indexOf(column)] ?? ''
  const number = (column: string, kind: string, fits: (value: number) => boolean): number => {
    const value = numberOf(cell(column), delimiter)
    if (Number.isFinite(value) && fits(value)) return value
    throw invalid(
      at,
      `column ${column} must be a ${kind} of at least 0, got ${JSON.stringify(cell(column).slice(0, 40))}`,
    )
  }
  const any = (column: string) => number(column, 'number', () => true)
  // natscli writes whole numbers here. A fraction comes from a tool that took a separator of thousands for a decimal point.
  const counted = (column: string) => number(column, 'whole number', Number.isSafeInteger)
  return {
    run: cell('RunID'),
    client: cell('ClientID'),
    MsgCount: counted('MsgCount'),
    MsgBytes: counted('MsgBytes'),
    MsgsPerSec: counted('MsgsPerSec'),
    BytesPerSec: any('BytesPerSec'),
    DurationSecs: any('DurationSecs'),
    latencies: Object.fromEntries(
      [...latencies, ...quantiles].flatMap((column) => (cell(column) === '' ? [] : [[column, any(column)]])),
    ),
  }
}

function invalid(at: string, what: string): BenchError {
  return new BenchError('recording-invalid', `${at} ${what}`, {
    hint: 'import the file that nats bench wrote with --csv, unchanged',
  })
}
