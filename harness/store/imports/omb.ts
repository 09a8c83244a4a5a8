/** Result JSON of the OpenMessaging Benchmark (TestResult.java) → numbers. Its latencies are milliseconds, its delays microseconds. */
import { BenchError } from '../../model/error.ts'
import { plainKinds, type Imported, type ImportedValue } from '../../model/imported.ts'
import { issueLines } from '../../model/json.ts'
import { ombResultSchema } from '../../model/omb-result.ts'
import type { OmbResult } from '../../model/omb-result.ts'
import { byNumber, count } from '../../model/count.ts'

const millisecondNs = 1e6
const microsecondNs = 1e3

/** Its names → ours. Both latencies start at the real send: publish until the acknowledgement, end to end until the consumer. */
const kinds = [
  { from: 'aggregatedPublishLatency', workload: 'pub', metric: 'rttService', unitNs: millisecondNs },
  { from: 'aggregatedPublishDelayLatency', workload: 'pub', metric: 'sendLag', unitNs: microsecondNs },
  { from: 'aggregatedEndToEndLatency', workload: 'sub', metric: 'service', unitNs: millisecondNs },
] as const
const quantiles = { '50pct': 'p50', '99pct': 'p99', '999pct': 'p99.9', '9999pct': 'p99.99', Max: 'max' } as const

/** Does it have rates as only this tool writes them, a list with one a period? */
export function isOmb(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    ('publishRate' in value && Array.isArray(value.publishRate)) ||
    ('consumeRate' in value && Array.isArray(value.consumeRate))
  )
}

/** Throws `recording-invalid` with all problems of the file. */
export function importOmb(value: unknown, file: string): Imported {
  const result = checked(value, file)
  const block: ImportedValue[] = [
    { workload: 'pub', metric: 'throughput', value: mean(result.publishRate) },
    { workload: 'sub', metric: 'throughput', value: mean(result.consumeRate) },
    ...latencies(result),
  ]
  return {
    tool: 'OpenMessaging Benchmark',
    title: `${result.workload} (${result.driver})`,
    kinds: plainKinds,
    blocks: [block],
    ...(result.messageSize === undefined ? {} : { payloadBytes: result.messageSize }),
    remarks: [
      'imported from the OpenMessaging Benchmark: latency not comparable. Its end-to-end latency counts from the real send between clocks of two hosts, its NATS driver stamps whole milliseconds and drops zeros; it is shown as service, never as latency',
      ...troubles(result),
    ],
  }
}

/** Sentences about trouble that the rates do not show. */
function troubles({ publishErrorRate = [], backlog = [], publishRate }: OmbResult): string[] {
  const failed = publishErrorRate.length === 0 ? 0 : mean(publishErrorRate)
  const left = backlog.at(-1) ?? 0
  return [
    ...(failed > 0 ? [`${Number(failed.toPrecision(3))} publishes a second failed`] : []),
    // Messages of up to one second may still be on their way.
    ...(left > mean(publishRate)
      ? [
          `${count(left, 'message')} ${byNumber(left, 'was', 'were')} not consumed yet at its end: the consumers did not keep up`,
        ]
      : []),
  ]
}

function latencies(result: OmbResult): ImportedValue[] {
  const fields: Readonly<Record<string, unknown>> = result
  return kinds.flatMap(({ from, workload, metric, unitNs }) => {
    const read = Object.entries(quantiles).flatMap(([theirs, ours]) => {
      const value = fields[`${from}${theirs}`]
      return typeof value === 'number' ? [{ workload, metric: `${metric}.${ours}`, value: value * unitNs }] : []
    })
    // The tool writes 0 for each quantile of nothing, as where there are no consumers.
    return read.some(({ value }) => value > 0) ? read : []
  })
}

function checked(value: unknown, file: string): OmbResult {
  const read = ombResultSchema.safeParse(value)
  if (read.success) return read.data
  throw new BenchError(
    'recording-invalid',
    `${file} must be a result of the OpenMessaging Benchmark, got something else`,
    { lines: issueLines(read.error), hint: 'import the JSON that the benchmark wrote beside its log' },
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
