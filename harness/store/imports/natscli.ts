/**
 * CSV of `nats bench --csv` → numbers. Three shapes are in use: average latency only (0.3.0), no latency, and quantiles
 * (0.3.1 and later; seen with 0.3.0 and 0.5.1). Files that were joined are several runs, told apart by their RunID.
 */
import { BenchError } from '../../model/error.ts'
import type { Imported, ImportedValue } from '../../model/imported.ts'

const needed = ['RunID', 'ClientID', 'MsgCount', 'MsgBytes', 'MsgsPerSec', 'BytesPerSec', 'DurationSecs'] as const
type Needed = (typeof needed)[number]

/** natscli's columns, µs → our metrics, ns. The time of one call until its answer: from the real send. */
const quantileColumns: Readonly<Record<string, string>> = {
  P50LatencyMicroSecs: 'rttService.p50',
  P90LatencyMicroSecs: 'rttService.p90',
  P99LatencyMicroSecs: 'rttService.p99',
  'P99.9LatencyMicroSecs': 'rttService.p99.9',
  MaxLatencyMicroSecs: 'rttService.max',
}
const mostRows = 100_000

interface Row {
  readonly run: string
  readonly client: string
  readonly numbers: ReadonlyMap<string, number>
}

/** Throws `recording-invalid` with line and column for anything that is not such a file. */
export function importNatscli(text: string, file: string): Imported {
  const rows = rowsOf(text, file)
  const runs = [...new Set(rows.map(({ run }) => run))].map((run) => rows.filter((row) => row.run === run))
  const answered = rows.some(isAnswered)
  const called = rows.some(
    (row) => row.client.startsWith('P') && !isAnswered(row) && row.numbers.has('AvgLatencyMicroSecs'),
  )
  const spread = rows.some(({ numbers }) => numbers.has('P50LatencyMicroSecs'))
  const sizes = rows.map((row) => Math.round(of(row, 'MsgBytes') / (of(row, 'MsgCount') / (isAnswered(row) ? 2 : 1))))
  const [size] = sizes
  return {
    tool: 'natscli',
    title: file,
    blocks: runs.map(blockOf),
    ...(size !== undefined && sizes.every((each) => each === size) ? { payloadBytes: size } : {}),
    remarks: [
      'imported from natscli: rates are sums over clients that each count their own time, not one common window',
      ...(called
        ? ['its publish latency is the time of the client call, not of a delivery; left out as not comparable']
        : []),
      ...(answered && spread && rows.filter(isAnswered).length > 1
        ? ['quantiles of several clients cannot be merged; the slowest client is shown']
        : []),
      ...(answered && !spread ? ['it has an average latency only, which no quantile can be made from; left out'] : []),
    ],
  }
}

function blockOf(rows: readonly Row[]): ImportedValue[] {
  return (['pub', 'sub', 'req'] as const).flatMap((workload) => {
    const own = rows.filter((row) => workloadOf(row) === workload)
    if (own.length === 0) return []
    const sum = (column: Needed) => own.reduce((total, row) => total + of(row, column), 0)
    return [
      { workload, metric: 'throughput', value: sum('MsgsPerSec') },
      { workload, metric: 'bytes', value: sum('BytesPerSec') },
      ...(workload === 'req' ? latencies(own) : []),
    ]
  })
}

function latencies(rows: readonly Row[]): ImportedValue[] {
  return Object.entries(quantileColumns).flatMap(([column, metric]) => {
    const micros = rows.flatMap(({ numbers }) => numbers.get(column) ?? [])
    return micros.length === 0 ? [] : [{ workload: 'req' as const, metric, value: Math.max(...micros) * 1000 }]
  })
}

function workloadOf(row: Row): ImportedValue['workload'] {
  if (row.client.startsWith('S')) return 'sub'
  return isAnswered(row) ? 'req' : 'pub'
}

/** MsgCount is what went out and came in: twice the messages where each had an answer (requests, JetStream publishes). */
function isAnswered(row: Row): boolean {
  const sent = of(row, 'MsgsPerSec') * of(row, 'DurationSecs')
  return row.client.startsWith('P') && Math.abs(of(row, 'MsgCount') / sent - 2) < 0.1
}

function of({ numbers }: Row, column: Needed): number {
  return numbers.get(column) ?? Number.NaN
}

function rowsOf(text: string, file: string): Row[] {
  const rows: Row[] = []
  let header: readonly string[] | undefined
  text.split(/\r?\n/).forEach((line, i) => {
    if (line === '') return
    if (line.startsWith('#')) header = headerOf(line, file, i + 1)
    else if (header === undefined) throw invalid(file, i + 1, 'must begin with a line "#RunID,ClientID,...", got none')
    else rows.push(rowOf(line.split(','), header, file, i + 1))
    if (rows.length > mostRows) throw invalid(file, i + 1, `must have at most ${mostRows} rows, got more`)
  })
  if (rows.length === 0) throw invalid(file, 1, 'must have a row for each client, got none')
  return rows
}

function headerOf(line: string, file: string, number: number): readonly string[] {
  const columns = line.slice(1).split(',')
  const missing = needed.filter((column) => !columns.includes(column))
  if (missing.length > 0)
    throw invalid(file, number, `must have the columns of nats bench, got none called ${missing.join(', ')}`)
  return columns
}

function rowOf(cells: readonly string[], header: readonly string[], file: string, number: number): Row {
  if (cells.length !== header.length) {
    throw invalid(file, number, `must have ${header.length} cells as its header, got ${cells.length}`)
  }
  const numbers = new Map<string, number>()
  header.forEach((column, i) => {
    if (column === 'RunID' || column === 'ClientID') return
    const cell = cells[i] ?? ''
    const value = cell.trim() === '' ? Number.NaN : Number(cell)
    if (!Number.isFinite(value) || value < 0) {
      throw invalid(
        file,
        number,
        `column ${column} must be a number of at least 0, got ${JSON.stringify(cell.slice(0, 40))}`,
      )
    }
    numbers.set(column, value)
  })
  return { run: cells[header.indexOf('RunID')] ?? '', client: cells[header.indexOf('ClientID')] ?? '', numbers }
}

function invalid(file: string, line: number, what: string): BenchError {
  return new BenchError('recording-invalid', `${file}:${line} ${what}`, {
    hint: 'import the file that nats bench wrote with --csv, unchanged',
  })
}
