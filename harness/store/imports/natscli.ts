/**
 * CSV of `nats bench --csv` → numbers. Three shapes are in use: average latency only (0.3.0), no latency, and quantiles
 * (0.3.1 and later; seen with 0.3.0 and 0.5.1). Files that were joined are several runs, told apart by their RunID.
 */
import type { Imported, ImportedValue } from '../../model/imported.ts'
import { natscliRows, type LatencyColumn, type NatscliRow } from './natscli-rows.ts'

export { isNatscli } from './natscli-rows.ts'

/** natscli's columns, µs → our metrics, ns. The time of one call until its answer: from the real send. */
const callTimes = [
  ['P50LatencyMicroSecs', 'rttService.p50'],
  ['P90LatencyMicroSecs', 'rttService.p90'],
  ['P99LatencyMicroSecs', 'rttService.p99'],
  ['P99.9LatencyMicroSecs', 'rttService.p99.9'],
  ['MaxLatencyMicroSecs', 'rttService.max'],
] as const satisfies readonly (readonly [LatencyColumn, string])[]

/** Throws `recording-invalid` with line and column for anything that is not such a file. */
export function importNatscli(text: string, file: string): Imported {
  const rows = natscliRows(text, file)
  const runs = [...new Set(rows.map(({ run }) => run))].map((run) => rows.filter((row) => row.run === run))
  const [size, ...others] = new Set(rows.map(payloadOf))
  return {
    tool: 'natscli',
    title: file,
    blocks: runs.map(blockOf),
    ...(size !== undefined && others.length === 0 ? { payloadBytes: size } : {}),
    remarks: remarksOf(rows),
  }
}

function remarksOf(rows: readonly NatscliRow[]): string[] {
  const asked = rows.filter((row) => workloadOf(row) === 'req')
  const called = rows.some((row) => workloadOf(row) === 'pub' && row.latencies.AvgLatencyMicroSecs !== undefined)
  const spread = asked.some(({ latencies }) => latencies.P50LatencyMicroSecs !== undefined)
  return [
    'imported from natscli: rates are sums over clients that each count their own time, not one common window',
    ...(called
      ? [
          'its publish latency is the time of the client call or of the acknowledgements of a batch, not of a delivery; left out as not comparable',
        ]
      : []),
    ...(asked.length > 0
      ? [
          'requests and JetStream publishes that wait for each acknowledgement look alike in its file; both are shown as req',
        ]
      : []),
    ...(spread && asked.length > 1
      ? ['quantiles of several clients cannot be merged; the slowest client is shown']
      : []),
    ...(asked.length > 0 && !spread
      ? ['it has an average latency only, which no quantile can be made from; left out']
      : []),
  ]
}

function blockOf(rows: readonly NatscliRow[]): ImportedValue[] {
  return (['pub', 'sub', 'req'] as const).flatMap((workload) => {
    const own = rows.filter((row) => workloadOf(row) === workload)
    if (own.length === 0) return []
    const sum = (column: 'MsgsPerSec' | 'BytesPerSec') => own.reduce((total, row) => total + row[column], 0)
    return [
      { workload, metric: 'throughput', value: sum('MsgsPerSec') },
      { workload, metric: 'bytes', value: sum('BytesPerSec') },
      ...(workload === 'req' ? slowest(own) : []),
    ]
  })
}

function slowest(rows: readonly NatscliRow[]): ImportedValue[] {
  return callTimes.flatMap(([column, metric]) => {
    const micros = rows.flatMap(({ latencies }) => latencies[column] ?? [])
    return micros.length === 0 ? [] : [{ workload: 'req' as const, metric, value: Math.max(...micros) * 1000 }]
  })
}

/**
 * MsgCount is what went out and came in: twice the messages where each had an answer. So have requests and the
 * acknowledged publishes of JetStream. One that waits for each answer makes one call after the other, so that its calls
 * last no longer than its run; `js pub async` has many under way, and its calls together last far longer.
 */
function workloadOf(row: NatscliRow): ImportedValue['workload'] {
  if (row.client.startsWith('S')) return 'sub'
  const messages = row.MsgsPerSec * row.DurationSecs
  const answered = Math.abs(row.MsgCount / messages - 2) < 0.1
  const callSecs = ((row.latencies.AvgLatencyMicroSecs ?? 0) / 1e6) * messages
  return answered && callSecs < 1.5 * row.DurationSecs ? 'req' : 'pub'
}

/**
 * MsgBytes is size × messages, and MsgCount may hold answers and acknowledgements: the messages are one of the whole
 * numbers that the rate, cut to a whole number, and the duration, rounded to microseconds, allow. The Java tool counts a few
 * more messages and their bytes too. Undefined where several sizes fit.
 */
function payloadOf({ MsgCount, MsgBytes, MsgsPerSec, DurationSecs }: NatscliRow): number | undefined {
  const least = Math.ceil(MsgsPerSec * (DurationSecs - 1e-6))
  const most = Math.floor((MsgsPerSec + 1) * (DurationSecs + 1e-6))
  const count = Math.min(10_000, Math.max(0, most - least + 1))
  const possible = Array.from({ length: count }, (_, i) => least + i).filter((n) => n > 0 && MsgBytes % n === 0)
  const counted = [MsgCount, MsgCount / 2].filter((n) => MsgBytes % n === 0)
  const messages =
    counted.find((n) => n >= least && n <= most) ??
    (possible.length === 1 ? possible[0] : counted.find((n) => n >= 0.99 * least && n <= 1.01 * most))
  return messages === undefined ? undefined : MsgBytes / messages
}
