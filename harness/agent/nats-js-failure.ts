/** Errors of the official client as failures of ours. */
import { Failure, type FailureCode } from './failure.ts'
import { shortageOf } from './network-error.ts'

const codes: readonly (readonly [RegExp, FailureCode])[] = [
  // As in server-error.ts.
  [/stale connection/i, 'connection-lost'],
  [/authentication timeout/i, 'connect'],
  [/authoriz|authentic/i, 'auth'],
  [/maximum payload|max_payload/i, 'max-payload'],
  [/slow consumer/i, 'slow-consumer'],
]

/** Anything the client throws or reports as a Failure, by its words. */
export function failureOf(error: unknown, otherwise: FailureCode): Failure {
  const shortage = shortageOf(error)
  if (shortage !== undefined) return new Failure('connect', `connection must be made, got ${shortage}`, error)
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const code = codes.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise
  return new Failure(code, `nats.js must keep the connection, got ${text}`, error)
}
