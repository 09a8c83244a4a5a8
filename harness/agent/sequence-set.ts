/**
 * Which sequence numbers of a publisher: a bitmap, told as base64 of its deflated bytes (bit n & 7 of byte n >> 3). A publisher
 * that lost nothing is a few characters, whatever it sent.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Sequence numbers from here on are refused: 32 MiB of bitmap. */
export const mostNumbers = 2 ** 28

export class SequenceSet {
  #bits = new Uint8Array(4096)
  #count = 0
  #bytes = 0

  get count(): number {
    return this.#count
  }

  /** False when it was there already. */
  add(sequence: number): boolean {
    const at = sequence >>> 3
    if (at >= this.#bits.length) this.#grow(sequence)
    const bit = 1 << (sequence & 7)
    const byte = this.#bits[at]!
    if ((byte & bit) !== 0) return false
    this.#bits[at] = byte | bit
    this.#count++
    if (at >= this.#bytes) this.#bytes = at + 1
    return true
  }

  told(): { readonly count: number; readonly bits: string } {
    return { count: this.#count, bits: deflateRawSync(this.#bits.subarray(0, this.#bytes)).toString('base64') }
  }

  #grow(sequence: number): void {
    if (sequence >= mostNumbers) throw new RangeError(`sequence numbers must be below ${mostNumbers}, got ${sequence}`)
    const larger = new Uint8Array(Math.max(this.#bits.length * 2, (sequence >>> 3) + 1))
    larger.set(this.#bits)
    this.#bits = larger
  }
}

/** The bitmap of a told set. Throws where it is none. */
export function bitmapOf(bits: string): Buffer {
  return inflateRawSync(Buffer.from(bits, 'base64'), { maxOutputLength: mostNumbers / 8 })
}

/** How many numbers are in the first set and not in the second. */
export function countMissing(a: Uint8Array, b: Uint8Array): number {
  let missing = 0
  for (let at = 0; at < a.length; at++) {
    for (let left = a[at]! & ~(b[at] ?? 0); left !== 0; left &= left - 1) missing++
  }
  return missing
}
