/**
 * CSV of `nats bench --csv` → numbers. There are three forms: with average latency only (0.3.0), without latency, and with quantiles
 * (0.3.1 and later; tried with 0.3.0 and 0.5.1). In a file that was joined from several, the RunID separates the runs.
 */
import { BenchError } from '../../model/error.ts'
import { plainKinds, type Imported, type ImportedAs, type ImportedValue } from '../../model/imported.ts'
import { kinds } from '../../model/kinds/kinds.ts'
import { counted, payloadOf, rateOf, type CountedRow } from './natscli-messages.ts'
import { natscliRows, type LatencyColumn, type NatscliRow } from './natscli-rows.ts'

export { isNatscli } from './natscli-rows.ts'

/** natscli's columns, µs → our quantiles, ns. It is the time from the real send of a call to its answer. */
const callTimes = [
  ['P50LatencyMicroSecs', 'p50'],
  ['P90LatencyMicroSecs', 'p90'],
  ['P99LatencyMicroSecs', 'p99'],
  ['P99.9LatencyMicroSecs', 'p99.9'],
  ['MaxLatencyMicroSecs', 'max'],
] as const satisfies readonly (readonly [LatencyColumn, string])[]

/** Throws `recording-invalid` with line and column for anything that is not such a file, or has no clients that do what `as` says. */
export function importNatscli(text: string, file: string, as?: ImportedAs): Imported {
  const rows = natscliRows(text, file).map(counted)
  const runs = [...Map.groupBy(rows, ({ run }) => run).values()]
  const [size, ...others] = new Set(rows.map(payloadOf))
  const named = as === undefined ? plainKinds : { [as.name]: as.kind }
  const nameOf = as === undefined ? plainName : () => as.name
  if (as !== undefined) clientsDo(as, rows, file)
  return {
    tool: 'natscli',
    title: file,
    kinds: named,
    blocks: runs.map((run) =>
      Object.entries(named).flatMap(([name, kind]) =>
        valuesOf(
          name,
          kind,
          run.filter((row) => nameOf(row) === name),
        ),
      ),
    ),
    ...(size !== undefined && others.length === 0 ? { payloadBytes: size } : {}),
    remarks: remarksOf(rows, as),
  }
}

function clientsDo({ kind }: ImportedAs, rows: readonly NatscliRow[], file: string): void {
  const letter = kinds[kind].imported?.client
  const wrong = rows.find(({ client }) => letter === undefined || !client.startsWith(letter))
  if (wrong === undefined) return
  const does = letter === 'P' ? 'publish' : 'receive'
  throw new BenchError(
    'recording-invalid',
    letter === undefined
      ? `${file} must be of a kind that nats bench measures, got ${kind}`
      : `${file} must have clients that ${does} (${letter}0 ...) to be taken as ${kind}, got ${wrong.client.slice(0, 20)}`,
    { hint: `nats bench measures ${measured.join(', ')}` },
  )
}

const measured = Object.entries(kinds).flatMap(([kind, { imported }]) => (imported === undefined ? [] : [kind]))

function remarksOf(rows: readonly CountedRow[], as: ImportedAs | undefined): string[] {
  const kindOf = (row: CountedRow) => as?.kind ?? plainKinds[plainName(row)]
  const isTimed = (row: CountedRow) => kinds[kindOf(row)].imported?.call !== undefined && oneByOne(row)
  const timed = rows.filter(isTimed)
  const called = rows.some((row) => row.latencies.AvgLatencyMicroSecs !== undefined && !isTimed(row))
  const spread = timed.some(({ latencies }) => latencies.P50LatencyMicroSecs !== undefined)
  return [
    'imported from natscli: rates are sums over clients that each count their own time, not one common window',
    ...(as === undefined
      ? []
      : [`taken as ${as.kind}, as was said: its file does not tell which command of nats bench wrote it`]),
    ...(rows.every(fits)
      ? []
      : [
          'its rates are not its messages and bytes over its time: somebody changed the file, or its numbers were misread',
        ]),
    ...(rows.some((row) => rateOf(row) === undefined)
      ? [
          'a client was slower than a message a second, which its file has as 0, and how many it had is not certain; its throughput is left out',
        ]
      : []),
    ...(called
      ? [
          'its latency is the time of a call that is not one message from its send to its answer (a buffered publish, the acknowledgements of a batch, a fetch that was only asked for); left out as not comparable',
        ]
      : []),
    ...(as === undefined && timed.length > 0
      ? [
          'requests and JetStream publishes that wait for each acknowledgement look alike in its file; both are shown as req, unless KIND=FILE says what it is',
        ]
      : []),
    ...(spread && timed.length > 1
      ? ['quantiles of several clients cannot be merged; the slowest client is shown']
      : []),
    ...(timed.length > 0 && !spread
      ? ['it has an average latency only, which no quantile can be made from; left out']
      : []),
  ]
}

function valuesOf(workload: string, kind: ImportedAs['kind'], own: readonly CountedRow[]): ImportedValue[] {
  if (own.length === 0) return []
  const rates = own.flatMap((row) => rateOf(row) ?? [])
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  const time = own.every(oneByOne) ? kinds[kind].imported?.call : undefined
  const slowest = callTimes.flatMap(([column, quantile]) => {
    const micros = own.flatMap(({ latencies }) => latencies[column] ?? [])
    return time === undefined || micros.length === 0
      ? []
      : [{ workload, metric: `${time}.${quantile}`, value: Math.max(...micros) * 1000 }]
  })
  return [
    ...(rates.length < own.length ? [] : [{ workload, metric: 'throughput', value: sum(rates) }]),
    { workload, metric: 'bytes', value: sum(own.map((row) => row.BytesPerSec)) },
    ...slowest,
  ]
}

/**
 * MsgCount counts messages out and in: twice the messages where each has an answer, as with requests and acknowledged publishes of
 * JetStream. A client that waits for each answer makes one call after the other, so all its calls together take no longer than its
 * run. `js pub async` has many calls in flight, so together they take much longer.
 */
function oneByOne(row: CountedRow): boolean {
  const messages = row.messages ?? row.MsgsPerSec * row.DurationSecs
  const answered = Math.abs(row.MsgCount / messages - 2) < 0.1
  const callSecs = ((row.latencies.AvgLatencyMicroSecs ?? 0) / 1e6) * messages
  return answered && callSecs < 1.5 * row.DurationSecs
}

/** Do count, bytes and rates of a row fit? MsgCount may include answers, so it is only an upper bound. Very short times are too rounded. */
function fits({ MsgCount, MsgBytes, MsgsPerSec, BytesPerSec, DurationSecs }: NatscliRow): boolean {
  if (DurationSecs < 1e-4) return true
  const bytes = BytesPerSec * DurationSecs
  return MsgsPerSec * DurationSecs <= MsgCount * 1.05 + 1 && Math.abs(bytes - MsgBytes) <= 0.05 * MsgBytes + 1
}

function plainName(row: CountedRow): keyof typeof plainKinds {
  if (row.client.startsWith('S')) return 'sub'
  return oneByOne(row) ? 'req' : 'pub'
}
