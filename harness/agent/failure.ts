/** Why an agent gives up. It becomes the one `failed` frame; the runner decides what it means. */

export type FailureCode =
  /** The runner speaks another protocol version, or wrote a line that is no command. */
  | 'protocol'
  | 'connect'
  | 'auth'
  | 'connection-lost'
  /** `-ERR` of the server. */
  | 'server-error'
  /** The server cut this client off because it did not read fast enough. */
  | 'slow-consumer'
  /** The server announced that it is going away. */
  | 'lame-duck'
  | 'max-payload'
  /** The peer sent bytes that are not NATS protocol. */
  | 'malformed'
  /** An answer did not come within its deadline. */
  | 'timeout'
  /** The engine's package is not installed in this node. */
  | 'engine-missing'
  | 'bug'

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** Anything thrown as a Failure; what is not one already is a bug of ours and carries its place. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  if (!(thrown instanceof Error)) return new Failure('bug', `unexpected: ${String(thrown)}`)
  const place = thrown.stack?.split('\n')[1]?.trim() ?? ''
  return new Failure('bug', `unexpected ${thrown.name}: ${thrown.message} ${place}`.trim(), thrown)
}
