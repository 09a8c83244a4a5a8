import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure } from './failure.ts'
import { Parser } from './parser.ts'
import { ReceiveBuffer } from './receive-buffer.ts'

interface Seen {
  readonly what: string
  readonly [field: string]: unknown
}

/** Feeds bytes as a socket would, in pieces of the given lengths, and lists what came out. */
function feed(bytes: Uint8Array, pieces: readonly number[], maxBodyBytes = 1024 * 1024) {
  const seen: Seen[] = []
  const text = (from: number, to: number) => Buffer.from(parser.bytes.subarray(from, to)).toString('latin1')
  const parser: Parser = new Parser({
    message: (p) =>
      seen.push({
        what: 'message',
        subject: text(p.subjectStart, p.subjectEnd),
        sid: p.sid,
        reply: text(p.replyStart, p.replyEnd),
        headers: text(p.bodyStart, p.bodyStart + p.headerBytes),
        payload: text(p.bodyStart + p.headerBytes, p.bodyEnd),
      }),
    ping: () => seen.push({ what: 'ping' }),
    pong: () => seen.push({ what: 'pong' }),
    info: (info) => seen.push({ what: 'info', info }),
    error: (error) => seen.push({ what: 'error', error }),
  })
  parser.maxBodyBytes = maxBodyBytes
  const buffer = new ReceiveBuffer(parser)
  let largest = 0
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const room = buffer.room()
    largest = Math.max(largest, buffer.bytes.length)
    const count = Math.min(room.length, bytes.length - at, Math.max(1, pieces[turn % pieces.length] ?? 1))
    room.set(bytes.subarray(at, at + count))
    at += count
    buffer.take(count)
  }
  return { seen, largest }
}

const token = fc.stringMatching(/^[A-Za-z0-9_$-]{1,12}$/)
const subject = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join('.'))
const body = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('', 'MSG x 1 5\r\n', '\r\n', 'PING\r\n').map((s) => new Uint8Array(Buffer.from(s))),
  fc.integer({ min: 0, max: 3000 }).map((length) => new Uint8Array(length).fill(0x31)),
)
const sid = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 40 }))

const message = fc
  .record({
    subject,
    sid,
    reply: fc.option(subject, { nil: '' }),
    payload: body,
    header: fc.option(token, { nil: '' }),
  })
  .map(({ subject, sid, reply, payload, header }) => {
    const headers = header === '' ? '' : `NATS/1.0\r\nX: ${header}\r\n\r\n`
    const total = headers.length + payload.length
    const middle = reply === '' ? '' : `${reply} `
    const line =
      headers === ''
        ? `MSG ${subject} ${sid} ${middle}${total}`
        : `HMSG ${subject} ${sid} ${middle}${headers.length} ${total}`
    return {
      bytes: Buffer.concat([Buffer.from(`${line}\r\n${headers}`, 'latin1'), payload, Buffer.from('\r\n')]),
      seen: [
        { what: 'message', subject, sid, reply, headers, payload: Buffer.from(payload).toString('latin1') },
      ] as Seen[],
    }
  })
const control = fc.constantFrom(
  { bytes: Buffer.from('PING\r\n'), seen: [{ what: 'ping' }] as Seen[] },
  { bytes: Buffer.from('PONG\r\n'), seen: [{ what: 'pong' }] as Seen[] },
  { bytes: Buffer.from('+OK\r\n'), seen: [] as Seen[] },
  { bytes: Buffer.from("-ERR 'Slow Consumer'\r\n"), seen: [{ what: 'error', error: 'Slow Consumer' }] as Seen[] },
  { bytes: Buffer.from('INFO {"a":1} \r\n'), seen: [{ what: 'info', info: '{"a":1}' }] as Seen[] },
)
const stream = fc
  .array(fc.oneof({ weight: 4, arbitrary: message }, control), { minLength: 1, maxLength: 12 })
  .map((parts) => ({
    bytes: Buffer.concat(parts.map((part) => part.bytes)),
    seen: parts.flatMap((part) => part.seen),
  }))

test('any stream of messages and control lines reads back as it was written, in reads of any length', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }), (sent, pieces) => {
      expect(feed(sent.bytes, pieces).seen).toEqual(sent.seen)
    }),
    { numRuns: 300 },
  )
})

test('a stream reads back whole when it is split in two at every single byte, and when it comes byte by byte', () => {
  const bytes = Buffer.concat([
    Buffer.from('INFO {"max_payload":1048576}\r\nPING\r\n'),
    Buffer.from('MSG a.b 1 16\r\n0123456789abcdef\r\n'),
    Buffer.from('MSG a 123456789 _INBOX.x.0000000007 3\r\nabc\r\nMSG a 1 0\r\n\r\n'),
    Buffer.from('HMSG h 7 22 25\r\nNATS/1.0\r\nKey: abc\r\n\r\nxyz\r\nPONG\r\n'),
  ])
  const whole = feed(bytes, [bytes.length]).seen
  expect(whole).toHaveLength(7)
  for (let at = 1; at < bytes.length; at++) expect(feed(bytes, [at, bytes.length]).seen).toEqual(whole)
  expect(feed(bytes, [1]).seen).toEqual(whole)
})

test('a message larger than the buffer makes it grow once, to what the message needs', () => {
  const payload = Buffer.alloc(300_000, 'x')
  const bytes = Buffer.concat([Buffer.from(`MSG big 1 ${payload.length}\r\n`), payload, Buffer.from('\r\nPING\r\n')])
  const { seen, largest } = feed(bytes, [65_536])
  expect(seen.map((one) => one.what)).toEqual(['message', 'ping'])
  expect(largest).toBeLessThan(2 * payload.length)
})

test('whatever bytes come, the parser ends or fails with "malformed", and its memory stays bounded', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(stream, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([{ bytes }, at, byte]) => {
      const broken = Uint8Array.from(bytes)
      broken[at % broken.length] = byte
      return broken
    }),
    fc.tuple(stream, fc.nat(), fc.nat()).map(([{ bytes }, from, length]) => {
      const cut = from % bytes.length
      return Buffer.concat([bytes.subarray(0, cut), bytes.subarray(cut + (length % 9) + 1), bytes])
    }),
  )
  fc.assert(
    fc.property(noise, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 4 }), (bytes, pieces) => {
      try {
        expect(feed(bytes, pieces, 10_000).largest).toBeLessThan(200_000)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        expect(error.code).toBe('malformed')
        expect(error.message).toMatch(/^(server must send NATS protocol|message must be at most)/)
      }
    }),
    { numRuns: 1000 },
  )
})

test.each([
  'MSG\r\n',
  'MSG a\r\n',
  'MSG a 1\r\n',
  'MSG a 1 x\r\n',
  'MSG a x 1\r\n1\r\n',
  'MSG a 1 3\nabc\r\n',
  'MSG a 1 3\r\nabcd\r\n',
  'MSG a 1 b c 3\r\nabc\r\n',
  'HMSG a 1 3\r\nabc\r\n',
  'HMSG a 1 4 3\r\nabc\r\n',
  'MXG a 1 3\r\nabc\r\n',
  'HTTP/1.1 400 Bad Request\r\n',
  'msg a 1 3\r\nabc\r\n',
  'MSG a 1 99999999999999999999\r\n',
])('the malformed line %j is refused', (line) => {
  expect(() => feed(Buffer.from(line), [line.length])).toThrow(Failure)
})

test.each(['MSG $JS.EVENT 1  3\r\nabc\r\n', 'HMSG $JS.EVENT 1  12 15\r\nNATS/1.0\r\n\r\nabc\r\n'])(
  'a message whose reply subject is empty has none: %j',
  (line) => {
    const [message] = feed(Buffer.from(line), [line.length]).seen
    expect(message).toEqual(feed(Buffer.from(line.replace('  ', ' ')), [line.length]).seen[0])
  },
)

test('a line without end is refused before it fills the memory', () => {
  const endless = Buffer.alloc(1024 * 1024, 'P')
  expect(() => feed(endless, [65_536])).toThrow('server must send NATS protocol')
})
