/**
 * Every metric, each fact of it here and nowhere else. The order is that in which they are shown. A new metric is an entry; where
 * it is a new time, the agent records a histogram of that name and the kinds that have it say so (model/kinds/).
 */
import type { KindFacts } from './kinds/kind.ts'
import type { Workload } from './kinds/kinds.ts'
import { methods, type Method } from './methods.ts'
import type { Job } from './plan.ts'
import type { HistogramName } from './recording.ts'
import type { Unit } from './report.ts'

export const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999, 'p99.99': 0.9999 } as const
export type QuantileName = keyof typeof quantiles
/** What is told of a time: its quantiles and its largest value. */
export type Told = QuantileName | 'max'

/**
 * Where a metric is shown or used beyond the full tables, which have all.
 * `first`: the terminal's first view. `variants`: columns that tell variants apart. `blocks`: a block's row in the HTML report.
 * `compare`: `bench compare`. `check`: judged by `bench check`. `history`, `trend`: kept for, and drawn in, the index of all runs.
 */
export type View = 'first' | 'variants' | 'blocks' | 'compare' | 'check' | 'history' | 'trend'

/** What the metrics of one workload in one block are made from; stats/ measures it. */
export interface Measured {
  readonly perSecond?: number
  readonly bytesPerSecond?: number
  readonly cpuMicrosPerMessage?: number
  /** CPU time of all servers for each message of this workload. */
  readonly serverMicrosPerMessage?: number
  readonly switchesPerMessage?: number
  readonly memoryBytes: number
  readonly loss?: number
  readonly totals: { readonly duplicated: number; readonly reordered: number; readonly late: number }
}

interface Common {
  /** For tables that people read. */
  readonly label: string
  /** For whoever meets the name in a limit or an export. */
  readonly about: string
  /** How it is made: its paragraph under "How the numbers were made". */
  readonly method: Method
  /** The number is read from stamps, which the smallest messages do not carry. */
  readonly stamped?: true
}

/** One number a block. */
export interface ValueEntry extends Common {
  readonly unit: Unit
  readonly better: 'lower' | 'higher'
  readonly of: (kind: KindFacts<Workload, Job>) => boolean
  readonly value: (measured: Measured) => number | undefined
  readonly views: readonly View[]
}

/** A distribution: a metric for each quantile and one for the largest value, in ns, lower is better. Kinds say which they record. */
export interface TimeEntry extends Common {
  readonly histogram: HistogramName
  /** Only open arrivals have a due time to be late for. */
  readonly openOnly?: true
  readonly views: Readonly<Partial<Record<View, readonly Told[]>>>
}

const every = () => true
const main: TimeEntry['views'] = {
  first: ['p50', 'p99', 'p99.9', 'p99.99'],
  variants: ['p50', 'p99', 'p99.9'],
  blocks: ['p50', 'p99', 'p99.9', 'max'],
  compare: ['p50', 'p99', 'p99.9'],
  check: ['p50', 'p99'],
  history: ['p50', 'p99'],
  trend: ['p50', 'p99'],
}
const service: TimeEntry['views'] = { compare: ['p50', 'p99', 'p99.9'] }

export const table: Readonly<Record<string, ValueEntry | TimeEntry>> = {
  throughput: {
    label: 'throughput',
    unit: 'msg/s',
    better: 'higher',
    about: 'messages a second in the common window',
    method: methods.throughput,
    of: every,
    value: ({ perSecond }) => perSecond,
    views: ['first', 'variants', 'blocks', 'compare', 'check', 'history', 'trend'],
  },
  bytes: {
    label: 'payload',
    unit: 'B/s',
    better: 'higher',
    about: 'payload bytes a second in the common window',
    method: methods.throughput,
    of: every,
    value: ({ bytesPerSecond }) => bytesPerSecond,
    views: [],
  },
  latency: {
    label: 'latency',
    about: 'one-way latency from the due time',
    method: methods.latency,
    histogram: 'latency',
    stamped: true,
    views: main,
  },
  rtt: {
    label: 'round trip',
    about: 'round trip from the due time',
    method: methods.latency,
    histogram: 'rtt',
    views: main,
  },
  service: {
    label: 'from real send',
    about: 'one-way latency from the real send',
    method: methods.latency,
    histogram: 'service',
    stamped: true,
    views: service,
  },
  rttService: {
    label: 'rtt, real send',
    about: 'round trip from the real send',
    method: methods.latency,
    histogram: 'rttService',
    views: service,
  },
  floor: {
    label: 'floor',
    about: 'round trip of a raw TCP echo between the same nodes',
    method: methods.floor,
    histogram: 'floor',
    views: { first: ['p50', 'p99', 'p99.9', 'p99.99'], blocks: ['p50'], compare: ['p50'] },
  },
  sendLag: {
    label: 'send lag',
    about: 'real send after the due time',
    method: methods.lag,
    histogram: 'lag',
    openOnly: true,
    views: {
      first: ['p50', 'p99', 'p99.9', 'p99.99'],
      variants: ['p99'],
      blocks: ['p99'],
      compare: ['p99'],
    },
  },
  'cpu.perMessage': {
    label: 'CPU',
    unit: 'us/msg',
    better: 'lower',
    about: 'CPU time of this role for each of its messages',
    method: methods.cpu,
    of: every,
    value: ({ cpuMicrosPerMessage }) => cpuMicrosPerMessage,
    views: ['first', 'variants', 'blocks', 'compare'],
  },
  'cpu.server': {
    label: 'CPU of server',
    unit: 'us/msg',
    better: 'lower',
    about: 'CPU time of the servers for each message of this role',
    method: methods.cpu,
    of: every,
    value: ({ serverMicrosPerMessage }) => serverMicrosPerMessage,
    views: ['first', 'variants', 'compare', 'check', 'history'],
  },
  'switches.perMessage': {
    label: 'switches',
    unit: '1/msg',
    better: 'lower',
    about: 'context switches of this role for each message',
    method: methods.cpu,
    of: every,
    value: ({ switchesPerMessage }) => switchesPerMessage,
    views: ['first'],
  },
  'memory.max': {
    label: 'memory',
    unit: 'B',
    better: 'lower',
    about: 'largest resident memory of one agent',
    method: methods.cpu,
    of: every,
    value: ({ memoryBytes }) => (memoryBytes > 0 ? memoryBytes : undefined),
    views: ['first'],
  },
  loss: {
    label: 'lost',
    unit: 'count',
    better: 'lower',
    about: 'messages sent and never received',
    method: methods.loss,
    of: ({ hears }) => hears !== undefined,
    value: ({ loss }) => loss,
    stamped: true,
    views: ['first', 'variants', 'blocks', 'compare', 'check'],
  },
  duplicates: {
    label: 'duplicates',
    unit: 'count',
    better: 'lower',
    about: 'messages received more than once',
    method: methods.loss,
    of: ({ keepsOrder }) => keepsOrder,
    value: ({ totals }) => totals.duplicated,
    stamped: true,
    views: ['first', 'check'],
  },
  reordered: {
    label: 'reordered',
    unit: 'count',
    better: 'lower',
    about: 'messages received after a later one of the same publisher',
    method: methods.loss,
    of: ({ keepsOrder }) => keepsOrder,
    value: ({ totals }) => totals.reordered,
    stamped: true,
    views: ['first', 'check'],
  },
  late: {
    label: 'late',
    unit: 'count',
    better: 'lower',
    about: 'messages due and not sent, or requests timed out',
    method: methods.loss,
    of: ({ lateWords }) => lateWords !== undefined,
    value: ({ totals }) => totals.late,
    views: ['first', 'blocks'],
  },
}
