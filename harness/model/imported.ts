/** Numbers of another tool, read from its file, in our words. Becomes a report in stats/imported.ts. */
import type { WorkloadKind } from './kinds/kinds.ts'

export interface Imported {
  readonly tool: 'natscli' | 'OpenMessaging Benchmark'
  /** What the file says it is: a workload's name, or the file itself. */
  readonly title: string
  /** Its workloads by name, in their order. */
  readonly kinds: Readonly<Record<string, WorkloadKind>>
  /** Runs in the file, each with one value a metric; our blocks. */
  readonly blocks: readonly (readonly ImportedValue[])[]
  readonly payloadBytes?: number
  /** What was left out or means something else here, one sentence each. */
  readonly remarks: readonly string[]
}

export interface ImportedValue {
  /** One of `kinds`. */
  readonly workload: string
  /** See model/metric.ts. */
  readonly metric: string
  readonly value: number
}

/** What somebody says that a file is of, for CSV of `nats bench` does not: `js-publish`, or `js-publish:send` under another name. */
export interface ImportedAs {
  readonly kind: WorkloadKind
  readonly name: string
}

/** The kinds of core NATS that a file shows by itself. */
export const plainKinds = { pub: 'publish', sub: 'subscribe', req: 'request' } as const
