/** Numbers of another tool, read from its file, in our words. Becomes a report in stats/imported.ts. */

export interface Imported {
  readonly tool: 'natscli' | 'OpenMessaging Benchmark'
  /** What the file says it is: a workload's name, or the file itself. */
  readonly title: string
  /** Runs in the file, each with one value a metric; our blocks. */
  readonly blocks: readonly (readonly ImportedValue[])[]
  readonly payloadBytes?: number
  /** What was left out or means something else here, one sentence each. */
  readonly remarks: readonly string[]
}

export interface ImportedValue {
  readonly workload: 'pub' | 'sub' | 'req'
  /** See model/metric.ts. */
  readonly metric: string
  readonly value: number
}
