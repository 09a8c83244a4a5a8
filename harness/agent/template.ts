/**
 * A buffer full of ready-made messages of one publisher, in the bytes of the NATS protocol. Header lines and bodies are
 * written once; a send patches the stamp, and where they differ from message to message the subject number and the reply
 * token. All messages have one length: the room behind a short subject number is filled with blanks, which the server's
 * parser skips (server/parser.go, splitArg: "any amount of white space").
 */
import type { MessageShape } from './engine.ts'
import { fillPayload } from './payload.ts'
import { stampBytes, writeStamp } from './stamp.ts'

const tokenDigits = 10
const ZERO = 48
const SPACE = 32
const mostWhole = 2 ** 31 - 1

export class Template {
  readonly bytes: Buffer
  /** Length of one message with its header line. */
  readonly stride: number
  /** Messages in the buffer. */
  readonly slots: number
  /** Headers and payload of one message. */
  readonly messageBytes: number
  /** Where the payload of a message begins, and the digits of its size in the header line. */
  readonly bodyAt: number
  readonly sizeAt: number

  readonly #view: DataView
  readonly #shape: MessageShape
  readonly #stampAt: number
  readonly #subjectAt: number
  readonly #subjectDigits: number
  readonly #tokenAt: number
  readonly #tokenFrom: number
  #filled = 0
  #taken: Uint8Array = new Uint8Array(0)

  /**
   * As many messages as fit into `roomBytes`, at least one. With `replyPrefix` each asks for a reply at that subject followed
   * by its sequence number as ten digits.
   */
  constructor(shape: MessageShape, roomBytes: number, replyPrefix?: string) {
    const headers = headerBlock(shape.headers)
    const many = shape.subjects > 1
    this.#subjectDigits = many ? String(shape.subjects - 1).length : 0
    const family = many ? `${shape.subject}.` : shape.subject
    const subject = `${family}${many ? '0'.padEnd(this.#subjectDigits, ' ') : ''}`
    const { before, after, from } = shape.reply ?? { before: replyPrefix, after: '', from: 0 }
    const reply = before === undefined ? '' : `${before}${'0'.repeat(tokenDigits)}${after} `
    const headerBytes = Buffer.byteLength(headers)
    this.messageBytes = headerBytes + shape.payload.bytes
    const word = headers === '' ? 'PUB' : 'HPUB'
    const sizes = headers === '' ? `${this.messageBytes}` : `${headerBytes} ${this.messageBytes}`
    // Subjects are UTF-8 on the wire: every place below is counted in bytes, not in characters.
    const head = Buffer.from(`${word} ${subject} ${reply}${sizes}\r\n${headers}`)

    this.#shape = shape
    this.#subjectAt = Buffer.byteLength(`${word} ${family}`)
    this.#tokenAt = reply === '' ? -1 : Buffer.byteLength(`${word} ${subject} ${before ?? ''}`)
    this.#tokenFrom = from
    this.#stampAt = shape.payload.bytes < stampBytes ? -1 : head.length
    this.bodyAt = head.length
    this.sizeAt = head.length - Buffer.byteLength(`${this.messageBytes}\r\n${headers}`)
    this.stride = head.length + shape.payload.bytes + 2
    this.slots = Math.max(1, Math.floor(roomBytes / this.stride))
    this.bytes = Buffer.alloc(this.slots * this.stride)
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    for (let slot = 0; slot < this.slots; slot++) {
      const at = slot * this.stride
      head.copy(this.bytes, at)
      fillPayload(this.bytes, at + head.length, shape.payload, slot + shape.publisher * 65_536)
      this.bytes.write('\r\n', at + this.stride - 2, 'latin1')
    }
  }

  /** Messages that still fit. */
  get room(): number {
    return this.slots - this.#filled
  }

  /** Fills the next `count` slots; the bytes of their messages. */
  put(sequence: number, count: number, due: number, lag: number): number {
    this.patch(this.#filled, count, sequence, due, lag)
    this.#filled += count
    return count * this.messageBytes
  }

  /** All that was put since the last `take`. */
  take(): Uint8Array {
    const length = this.#filled * this.stride
    this.#filled = 0
    // Most often as many as before, and a view costs more than to fill a message.
    if (this.#taken.length !== length) this.#taken = this.bytes.subarray(0, length)
    return this.#taken
  }

  /** Makes `count` slots from `slot` on carry sequence numbers from `sequence` on. */
  patch(slot: number, count: number, sequence: number, due: number, lag: number): void {
    const { stride } = this
    const end = (slot + count) * stride
    const stampAt = this.#stampAt
    if (stampAt >= 0) {
      const publisher = this.#shape.publisher
      const view = this.#view
      for (let at = slot * stride + stampAt, number = sequence; at < end; at += stride, number++) {
        writeStamp(view, at, number, publisher, due, lag)
      }
    }
    if (this.#subjectDigits > 0) this.#patchSubjects(slot, count, sequence)
    if (this.#tokenAt >= 0) this.#patchTokens(slot, count, sequence + this.#tokenFrom)
  }

  #patchSubjects(slot: number, count: number, sequence: number): void {
    for (let i = 0; i < count; i++) {
      this.patchSubject(slot + i, (sequence + i) % this.#shape.subjects)
    }
  }

  /** The subject number of one slot. */
  protected patchSubject(slot: number, number: number): void {
    writePadded(this.bytes, slot * this.stride + this.#subjectAt, this.#subjectDigits, number)
  }

  #patchTokens(slot: number, count: number, sequence: number): void {
    for (let i = 0; i < count; i++) {
      writeDigits(this.bytes, (slot + i) * this.stride + this.#tokenAt, tokenDigits, (sequence + i) >>> 0)
    }
  }
}

/** The number, and blanks behind it up to `width`. */
export function writePadded(bytes: Uint8Array, at: number, width: number, number: number): void {
  let digits = 1
  for (let limit = 10; number >= limit; limit *= 10) digits++
  writeDigits(bytes, at, digits, number)
  for (let pad = digits; pad < width; pad++) bytes[at + pad] = SPACE
}

export function writeDigits(bytes: Uint8Array, at: number, digits: number, value: number): void {
  let rest = value
  let i = at + digits
  // Beyond 31 bits numbers are no whole numbers to the engine, and dividing them takes three times as long.
  for (; rest > mostWhole && i > at; i--) {
    const next = Math.floor(rest / 10)
    bytes[i - 1] = ZERO + rest - next * 10
    rest = next
  }
  for (let whole = rest | 0; i > at; i--) {
    const next = (whole / 10) | 0
    bytes[i - 1] = ZERO + whole - next * 10
    whole = next
  }
}

/** `NATS/1.0` and one line a header; empty without headers. */
export function headerBlock(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return lines.length === 0 ? '' : `NATS/1.0\r\n${lines.join('')}\r\n`
}
