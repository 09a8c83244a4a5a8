/** The server's -ERR texts as failure codes (server/errors.go; docs.nats.io, "Client Protocol", +OK/ERR). */
import { Failure, type FailureCode } from './failure.ts'

const known: readonly (readonly [RegExp, FailureCode])[] = [
  // Too late, both of them, by a client that did not run or a server that did not: no refusal, so it may be tried again.
  [/^stale connection/i, 'connection-lost'],
  [/^authentication timeout/i, 'connect'],
  [/^(authorization violation|authentication|user authentication)/i, 'auth'],
  [/^maximum payload/i, 'max-payload'],
  [/^slow consumer/i, 'slow-consumer'],
]

export function serverFailure(text: string): Failure {
  const code = known.find(([pattern]) => pattern.test(text))?.[1] ?? 'server-error'
  return new Failure(code, `server must accept what the agent sends, got -ERR ${JSON.stringify(text.slice(0, 200))}`)
}
