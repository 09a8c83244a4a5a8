/**
 * The one buffer a connection reads into. A message that is not complete stays where it lies and the next read goes right
 * behind it, so every message is in one piece when it is handed on, and bytes are moved only at the buffer's end.
 */
import type { Parser } from './parser.ts'

const firstBytes = 64 * 1024
const leastRead = 32 * 1024

export class ReceiveBuffer {
  bytes: Buffer
  view: DataView
  /** Share of the last ten or so reads that filled the buffer to its end: above a half the sender is far ahead of us. */
  fullShare = 0

  readonly #parser: Parser
  /** Where the incomplete message begins, and how far the buffer is filled. */
  #start = 0
  #filled = 0

  constructor(parser: Parser) {
    this.#parser = parser
    this.bytes = Buffer.allocUnsafeSlow(firstBytes)
    this.view = new DataView(this.bytes.buffer)
    parser.bytes = this.bytes
  }

  /** The free end of the buffer, for the next read. */
  room(): Uint8Array {
    if (this.#start === this.#filled) {
      this.#start = this.#filled = 0
      return this.bytes
    }
    const rest = this.#filled - this.#start
    const wanted = Math.max(this.#parser.need, rest + leastRead)
    if (this.#start + wanted > this.bytes.length) this.#move(rest, wanted)
    return this.bytes.subarray(this.#filled)
  }

  /** `count` bytes were read into the room: hands on what is complete. */
  take(count: number): void {
    this.#filled += count
    this.fullShare += ((this.#filled === this.bytes.length ? 1 : 0) - this.fullShare) / 10
    this.#start = this.#parser.parse(this.#start, this.#filled)
  }

  /** The rest to the front, or into a larger buffer when its message needs one. The parser bounds what it may need. */
  #move(rest: number, wanted: number): void {
    const old = this.bytes
    if (wanted > old.length) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(wanted, old.length * 2))
      this.view = new DataView(this.bytes.buffer)
      this.#parser.bytes = this.bytes
    }
    old.copy(this.bytes, 0, this.#start, this.#start + rest)
    this.#start = 0
    this.#filled = rest
  }
}
