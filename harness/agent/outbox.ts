/**
 * What a connection says by itself. While a read is handled it is collected, replies included, and written as one piece after
 * it: every write wakes the server.
 */
import type { Socket } from 'node:net'

const firstBytes = 64 * 1024

export class Outbox {
  readonly #socket: Socket
  #collects = false
  #buffer = Buffer.allocUnsafeSlow(firstBytes)
  #filled = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** A read begins: what is said from now on waits for `push`. */
  collect(): void {
    this.#collects = true
  }

  /** Bytes of the protocol. */
  write(said: string | Uint8Array): void {
    if (!this.#collects) {
      this.#socket.write(said)
      return
    }
    const bytes = typeof said === 'string' ? Buffer.from(said) : said
    this.#makeRoom(bytes.length)
    this.#buffer.set(bytes, this.#filled)
    this.#filled += bytes.length
  }

  /** Of a read that is being handled: `PUB <subject> [reply] <size>\r\n<payload>\r\n`, all copied from where they lie. */
  reply(
    from: Buffer,
    subjectStart: number,
    subjectEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    reply?: Uint8Array,
  ): void {
    const size = String(end - start)
    const replyLength = reply === undefined ? 0 : reply.length + 1
    const length = 4 + subjectEnd - subjectStart + 1 + replyLength + size.length + 2 + (end - start) + 2
    this.#makeRoom(length)
    const out = this.#buffer
    let at = this.#filled
    out[at++] = 0x50
    out[at++] = 0x55
    out[at++] = 0x42
    out[at++] = 0x20
    at += from.copy(out, at, subjectStart, subjectEnd)
    out[at++] = 0x20
    if (reply !== undefined) {
      out.set(reply, at)
      at += reply.length
      out[at++] = 0x20
    }
    for (let i = 0; i < size.length; i++) out[at++] = size.charCodeAt(i)
    out[at++] = 0x0d
    out[at++] = 0x0a
    if (end - start > 64) out.set(bytes.subarray(start, end), at)
    else for (let i = start, to = at; i < end; i++, to++) out[to] = bytes[i]!
    at += end - start
    out[at++] = 0x0d
    out[at++] = 0x0a
    this.#filled = at
  }

  /** Writes what was collected. False while the socket is so far behind that no more should be read. */
  push(mostBehindBytes: number): boolean {
    const socket = this.#socket
    this.#collects = false
    if (this.#filled > 0) {
      socket.write(this.#buffer.subarray(0, this.#filled))
      this.#filled = 0
      // Written through at once, as nearly always: the buffer is free again. Else the socket still reads from it.
      if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(this.#buffer.length)
    }
    return socket.writableLength <= mostBehindBytes
  }

  #makeRoom(more: number): void {
    if (this.#filled + more <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#filled + more, this.#buffer.length * 2))
    this.#buffer.copy(larger, 0, 0, this.#filled)
    this.#buffer = larger
  }
}
