/** What a scenario asks for at its own rate, in messages a second. */
export interface Demand {
  /** Of the sender that sends most. */
  readonly sender: number
  /** In and out of the servers. */
  readonly server: number
}
