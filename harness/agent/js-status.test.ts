import { expect, it } from 'vitest'
import type { Delivery } from './engine.ts'
import { isStatus, readStatus } from './js-status.ts'

function delivery(headers: string, payload = ''): Delivery {
  const bytes = Buffer.from(`xx${headers}${payload}`)
  const start = 2 + headers.length
  const rest = {
    replyStart: 0,
    replyEnd: 0,
    isAside: () => true,
    token: () => 0,
    replySubject: () => '',
    respond: () => false,
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { bytes, view, start, end: bytes.length, headerBytes: headers.length, ...rest }
}

it.each([
  ['NATS/1.0 404 No Messages\r\n\r\n', { code: 404, words: 'No Messages', pending: undefined, stalled: undefined }],
  [
    'NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 7\r\nNats-Pending-Bytes: 0\r\n\r\n',
    { code: 408, words: 'Request Timeout', pending: 7, stalled: undefined },
  ],
  [
    'NATS/1.0 409 Consumer Deleted\r\n\r\n',
    { code: 409, words: 'Consumer Deleted', pending: undefined, stalled: undefined },
  ],
  [
    'NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 4\r\nNats-Consumer-Stalled: $JS.FC.o.w.x\r\n\r\n',
    { code: 100, words: 'Idle Heartbeat', pending: undefined, stalled: '$JS.FC.o.w.x' },
  ],
  ['NATS/1.0 503\r\n\r\n', { code: 503, words: '', pending: undefined, stalled: undefined }],
])('%j is a status', (text, status) => {
  expect(isStatus(delivery(text))).toBe(true)
  expect(readStatus(delivery(text))).toEqual(status)
})

it('headers of a message are none, nor is a message without headers', () => {
  expect(isStatus(delivery('NATS/1.0\r\nTrace: 1\r\n\r\n', 'body'))).toBe(false)
  expect(isStatus(delivery('', 'body'))).toBe(false)
})
