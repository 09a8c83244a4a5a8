/** The names of metrics: one table for limits, reports, comparison and exports. */
import type { Unit } from './report.ts'

export interface MetricFacts {
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly about: string
}

export const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999, 'p99.99': 0.9999 } as const
export type QuantileName = keyof typeof quantiles

const times: Readonly<Record<string, string>> = {
  latency: 'one-way latency from the due time',
  service: 'one-way latency from the real send',
  rtt: 'round trip from the due time',
  rttService: 'round trip from the real send',
  sendLag: 'real send after the due time',
  floor: 'round trip of a raw TCP echo between the same nodes',
}

const plain: Readonly<Record<string, MetricFacts>> = {
  throughput: { unit: 'msg/s', better: 'higher', about: 'messages a second in the common window' },
  bytes: { unit: 'B/s', better: 'higher', about: 'payload bytes a second in the common window' },
  'cpu.perMessage': { unit: 'us/msg', better: 'lower', about: 'CPU time of this role for each of its messages' },
  'cpu.server': { unit: 'us/msg', better: 'lower', about: 'CPU time of the servers for each message of this role' },
  'switches.perMessage': { unit: '1/msg', better: 'lower', about: 'context switches of this role for each message' },
  'memory.max': { unit: 'B', better: 'lower', about: 'largest resident memory of one agent' },
  loss: { unit: 'count', better: 'lower', about: 'messages sent and never received' },
  duplicates: { unit: 'count', better: 'lower', about: 'messages received more than once' },
  reordered: { unit: 'count', better: 'lower', about: 'messages received after a later one of the same publisher' },
  late: { unit: 'count', better: 'lower', about: 'messages due and not sent, or requests timed out' },
}

export const metrics: Readonly<Record<string, MetricFacts>> = {
  ...plain,
  ...Object.fromEntries(
    Object.entries(times).flatMap(([name, about]) =>
      [...Object.keys(quantiles), 'max'].map(
        (q) => [`${name}.${q}`, { unit: 'ns', better: 'lower', about: `${about}, ${q}` }] as const,
      ),
    ),
  ),
}

/** All names in one line: `throughput, ..., late; latency, service, ... each with p50, ... or max`. */
export const metricWords = [
  Object.keys(plain).join(', '),
  `${Object.keys(times).join(', ')}, each with ${Object.keys(quantiles).join(', ')} or max, as latency.p99`,
].join('; ')
