/** The server's -ERR texts → failure codes (server/errors.go; docs.nats.io, "Client Protocol", +OK/ERR). */
import { Failure, type FailureCode } from './failure.ts'

const known: readonly (readonly [RegExp, FailureCode])[] = [
  [/^(authorization violation|authentication|user authentication)/i, 'auth'],
  [/^maximum payload/i, 'max-payload'],
  [/^slow consumer/i, 'slow-consumer'],
]

export function serverFailure(text: string): Failure {
  const code = known.find(([pattern]) => pattern.test(text))?.[1] ?? 'server-error'
  return new Failure(code, `server must accept what the agent sends, got -ERR ${JSON.stringify(text.slice(0, 200))}`)
}
