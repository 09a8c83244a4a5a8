/** One connection of an agent that was lost. Nanoseconds since the block's start; `toNs` is absent where it never came back. */
export interface ConnectionLoss {
  /** The agent, such as `sub@recv`. */
  readonly id: string
  readonly workload: string
  /** From 0. */
  readonly connection: number
  readonly fromNs: number
  toNs?: number
  readonly because: string
}
