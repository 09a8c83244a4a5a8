/**
 * What a delivery of a consumer says in its reply subject (ADR-15, ADR-48 of nats-architecture-and-design):
 *   $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>
 *   $JS.ACK.<domain>.<account>.<stream>.<consumer>.<deliveries>. ... .<pending>[.<more>]
 * All subjects of one consumer begin alike, so where the numbers begin is looked for once (an ordered consumer that is made anew has a
 * name of the same length).
 */

const DOT = 46
const ZERO = 48
const NINE = 57
const prefix = Buffer.from('$JS.ACK.')
const shortTokens = 9
const longTokens = 11

export class AckSubject {
  /** How often this message was delivered, this time included. */
  deliveries = 0
  streamSequence = 0
  consumerSequence = 0
  /** Bytes before the first number; 0 until one was seen. */
  #numbersAt = 0

  /** False where `bytes[start, end)` is no such subject. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const known = start + this.#numbersAt
    if (this.#numbersAt === 0 || known >= end || bytes[known - 1] !== DOT || bytes[start] !== prefix[0]) {
      this.#numbersAt = numbersAt(bytes, start, end)
      if (this.#numbersAt === 0) return false
    }
    let at = start + this.#numbersAt
    let value = 0
    for (; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) value = value * 10 + bytes[at]! - ZERO
    this.deliveries = value
    value = 0
    for (at++; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) value = value * 10 + bytes[at]! - ZERO
    this.streamSequence = value
    value = 0
    for (at++; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) value = value * 10 + bytes[at]! - ZERO
    this.consumerSequence = value
    return at < end && this.deliveries > 0
  }

  /** Is the subject at `start`, which was just read, of the consumer with this name? */
  isOf(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
    const from = start + this.#numbersAt - 1 - name.length
    if (bytes[from - 1] !== DOT) return false
    for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false
    return true
  }
}

function numbersAt(bytes: Uint8Array, start: number, end: number): number {
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return 0
  const dots: number[] = []
  for (let at = start; at < end; at++) if (bytes[at] === DOT) dots.push(at - start)
  const tokens = dots.length + 1
  if (tokens === shortTokens) return dots[3]! + 1
  return tokens >= longTokens ? dots[5]! + 1 : 0
}
