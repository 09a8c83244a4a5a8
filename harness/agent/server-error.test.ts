import { expect, test } from 'vitest'
import { failureOf } from './nats-js-failure.ts'
import { serverFailure } from './server-error.ts'

/** Texts of -ERR in nats-server 2.15.2 (server/client.go, server/errors.go). */
const texts = {
  'Stale Connection': 'connection-lost',
  'Authentication Timeout': 'connect',
  'Authorization Violation': 'auth',
  'User Authentication Expired': 'auth',
  'Maximum Payload Violation': 'max-payload',
  'Slow Consumer': 'slow-consumer',
  'Invalid Publish Subject': 'server-error',
  'Permissions Violation for Subscription to "x" (sid "1")': 'server-error',
} as const

test('what the server says before it cuts a connection off is told by its own kind, over both engines', () => {
  for (const [text, code] of Object.entries(texts)) {
    expect([text, serverFailure(text).code]).toEqual([text, code])
    expect([text, failureOf(new Error(text), 'server-error').code]).toEqual([text, code])
  }
})
