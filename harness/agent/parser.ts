/**
 * Reads the NATS client protocol (docs.nats.io, "Client Protocol") by byte position: no strings, no copies. The caller owns
 * one buffer and tells how far it is filled; the parser hands on every complete message as positions in that buffer, valid
 * until the handler returns, and says where the rest begins. Sizes are read backwards from the end of the line.
 */
import { Failure } from './failure.ts'

/** What the parser found. It reads the positions from the parser's fields. */
export interface ParserHandler {
  message(parser: Parser): void
  ping(): void
  pong(): void
  /** JSON text of an INFO line. */
  info(text: string): void
  /** Text of an -ERR line, without quotes. */
  error(text: string): void
}

/** The server's own limit for one line; nats.go uses the same. */
const maxLineBytes = 64 * 1024

const LF = 10
const CR = 13
const SPACE = 32
const ZERO = 48
const NINE = 57

export class Parser {
  /** Of the message being handed on: */
  bytes: Uint8Array = new Uint8Array(0)
  subjectStart = 0
  subjectEnd = 0
  sid = 0
  /** Equal when there is no reply subject. */
  replyStart = 0
  replyEnd = 0
  /** Bytes of headers at the head of the body; 0 without. */
  headerBytes = 0
  /** Headers and payload. */
  bodyStart = 0
  bodyEnd = 0

  /** Bytes from the rest's begin that the message there needs, where its size is known. */
  need = 0
  /** Largest body accepted, in bytes; larger ones are malformed. Set from the server's INFO. */
  maxBodyBytes = 1024 * 1024

  readonly #handler: ParserHandler

  constructor(handler: ParserHandler) {
    this.#handler = handler
  }

  /** Handles everything complete in `bytes[start, end)`; returns where the incomplete rest begins. */
  parse(start: number, end: number): number {
    if (end - start < this.need) return start
    const bytes = this.bytes
    let at = start
    while (at < end) {
      const first = bytes[at]
      let after: number
      // M of MSG, H of HMSG
      if (first === 0x4d || first === 0x48) after = this.#message(at, end, first === 0x48)
      else after = this.#control(at, end)
      if (after < 0) return at
      at = after
    }
    return at
  }

  /** Returns the position after the message, or -1 when it is not complete. */
  #message(start: number, end: number, headers: boolean): number {
    const bytes = this.bytes
    const word = headers ? 5 : 4 // `HMSG ` or `MSG `
    if (end - start < word) return this.#incomplete(start, end)
    if (
      headers
        ? bytes[start + 1] !== 0x4d ||
          bytes[start + 2] !== 0x53 ||
          bytes[start + 3] !== 0x47 ||
          bytes[start + 4] !== SPACE
        : bytes[start + 1] !== 0x53 || bytes[start + 2] !== 0x47 || bytes[start + 3] !== SPACE
    ) {
      throw malformed(bytes, start, end)
    }
    // Once over the line: the subject, the sid, then two words (three with headers), or one less where there is no reply subject.
    let at = start + word
    this.subjectStart = at
    while (at < end && bytes[at]! > SPACE) at++
    this.subjectEnd = at
    let sid = 0
    const sidStart = ++at
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) sid = sid * 10 + (bytes[at++]! - ZERO)
    const first = at + 1
    if (at < end && (at === sidStart || bytes[at] !== SPACE)) throw malformed(bytes, start, end)
    for (at++; at < end && bytes[at]! > SPACE;) at++
    const firstEnd = at
    let second = first
    let last = first
    if (at < end && bytes[at] === SPACE) {
      second = last = ++at
      while (at < end && bytes[at]! > SPACE) at++
    }
    const secondEnd = at
    if (headers && at < end && bytes[at] === SPACE) {
      last = ++at
      while (at < end && bytes[at]! > SPACE) at++
    }
    if (at + 1 >= end) return this.#incomplete(start, end)
    if (bytes[at] !== CR || bytes[at + 1] !== LF || this.subjectEnd === this.subjectStart)
      throw malformed(bytes, start, end)
    const total = numberIn(bytes, last, at)
    // Of the words, sizes are the last ones.
    const withReply = headers ? last !== second : last !== first
    const headerBytes = !headers ? 0 : withReply ? numberIn(bytes, second, secondEnd) : numberIn(bytes, first, firstEnd)
    // An empty reply subject is none: the server writes its advisories so, as `MSG $JS.EVENT.ADVISORY.API 1  581`.
    if (total < 0 || headerBytes < 0 || (headers && last === first)) throw malformed(bytes, start, end)
    if (headerBytes > total) throw malformed(bytes, start, end)
    if (total > this.maxBodyBytes) {
      throw new Failure('malformed', `message must be at most ${this.maxBodyBytes} bytes, got ${total}`)
    }

    const bodyStart = at + 2
    const bodyEnd = bodyStart + total
    if (bodyEnd + 2 > end) {
      this.need = bodyEnd + 2 - start
      return -1
    }
    if (bytes[bodyEnd] !== CR || bytes[bodyEnd + 1] !== LF) throw malformed(bytes, bodyEnd, end)

    this.sid = sid
    this.replyStart = first
    this.replyEnd = withReply ? firstEnd : first
    this.headerBytes = headerBytes
    this.bodyStart = bodyStart
    this.bodyEnd = bodyEnd
    this.need = 0
    this.#handler.message(this)
    return bodyEnd + 2
  }

  /** PING, PONG, +OK, -ERR, INFO: rare, so strings are fine. */
  #control(start: number, end: number): number {
    const bytes = this.bytes
    const lineEnd = bytes.subarray(0, end).indexOf(LF, start)
    if (lineEnd < 0) return this.#incomplete(start, end)
    const text = new TextDecoder().decode(bytes.subarray(start, lineEnd)).replace(/\r$/, '')
    const handler = this.#handler
    this.need = 0
    if (text === 'PING') handler.ping()
    else if (text === 'PONG') handler.pong()
    else if (text.startsWith('INFO ')) handler.info(text.slice(5).trim())
    else if (text.startsWith('-ERR')) handler.error(text.slice(4).trim().replace(/^'|'$/g, ''))
    else if (text !== '+OK') throw malformed(bytes, start, end)
    return lineEnd + 1
  }

  #incomplete(start: number, end: number): -1 {
    if (end - start > maxLineBytes) throw malformed(this.bytes, start, end)
    this.need = 0
    return -1
  }
}

/** The number that the bytes are; -1 where they are none. */
export function numberIn(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function malformed(bytes: Uint8Array, start: number, end: number): Failure {
  const shown = Buffer.from(bytes.subarray(start, Math.min(end, start + 40))).toString('latin1')
  return new Failure('malformed', `server must send NATS protocol, got ${JSON.stringify(shown)}`)
}
