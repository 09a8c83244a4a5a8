/**
 * Messages of many sizes of one publisher: header line and body are copied from a template of the largest size, and the header
 * line says how much of the body there is, with blanks behind it that the server's parser skips (see template.ts).
 */
import type { MessageShape } from './engine.ts'
import { sizeOf } from './payload.ts'
import { writePadded, type Template } from './template.ts'

const CR = 13
const LF = 10
/** A batch holds this many of the largest messages, within the bounds below. */
const mostLargest = 32
const mostBytes = 1024 * 1024

export class SizedTemplate {
  readonly messageBytes: number
  readonly #bytes: Buffer
  readonly #largest: Template
  readonly #sizeOf: (sequence: number) => number
  readonly #headerBytes: number
  readonly #sizeDigits: number
  #filled = 0

  /** `largest`: ready-made messages of the largest size; they give each message another body. */
  constructor(largest: Template, shape: MessageShape, roomBytes: number) {
    this.messageBytes = largest.messageBytes
    this.#headerBytes = largest.messageBytes - shape.payload.bytes
    this.#sizeDigits = String(largest.messageBytes).length
    this.#largest = largest
    this.#sizeOf = sizeOf(shape)
    const wanted = Math.min(mostBytes, mostLargest * largest.stride)
    this.#bytes = Buffer.alloc(Math.max(roomBytes, largest.stride, wanted))
  }

  get room(): number {
    return Math.floor((this.#bytes.length - this.#filled) / this.#largest.stride)
  }

  put(sequence: number, count: number, due: number, lag: number): number {
    let total = 0
    for (let number = sequence; number < sequence + count; number++) {
      const size = this.#sizeOf(number)
      this.#putOne(number, size, due, lag)
      total += this.#headerBytes + size
    }
    return total
  }

  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#filled)
    this.#filled = 0
    return taken
  }

  #putOne(sequence: number, size: number, due: number, lag: number): void {
    const bytes = this.#bytes
    const { bytes: from, slots, stride, bodyAt, sizeAt } = this.#largest
    const slot = sequence % slots
    const at = this.#filled
    const end = at + bodyAt + size
    this.#largest.patch(slot, 1, sequence, due, lag)
    from.copy(bytes, at, slot * stride, slot * stride + bodyAt + size)
    writePadded(bytes, at + sizeAt, this.#sizeDigits, this.#headerBytes + size)
    bytes[end] = CR
    bytes[end + 1] = LF
    this.#filled = end + 2
  }
}
