/**
 * The buckets of a histogram as text, as frames carry them: for each bucket that holds something the distance from the one
 * before (from 0 for the first) and the count, each number in digits of 5 bits, lowest first, every digit but the last of a
 * number raised by 32, written in the alphabet of base64. (Source maps write their numbers so, with a sign.) Most
 * pairs are two or three characters, and a reader of JSON passes over a text far faster than over a list of numbers.
 */
import type { SampleHistogram } from '../model/recording.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** By character code; `none` for what is no digit. */
const none = 64
const digits = new Uint8Array(256).fill(none)
for (let i = 0; i < alphabet.length; i++) digits[alphabet.charCodeAt(i)] = i

/** `value`: whole, 0 or more, exact to 2^53. */
export function digitsOf(value: number): string {
  let text = ''
  let rest = value
  for (; rest >= 32; rest = Math.floor(rest / 32)) text += alphabet[32 + (rest % 32)]!
  return text + alphabet[rest]!
}

/** Buckets that hold something, in the order they came. What is valid: the first `length` of each. */
export interface Buckets {
  index: Int32Array
  count: Float64Array
  length: number
}

const decoded: Buckets = { index: new Int32Array(4096), count: new Float64Array(4096), length: 0 }

/**
 * Of a histogram in either form, with gaps or with pairs of index and count. The answer is valid until the next call.
 * Undefined: a character is no digit, an index is not whole or beyond 2^31, a count is negative.
 */
export function bucketsOf(data: SampleHistogram): Buckets | undefined {
  return 'gaps' in data ? decodeGaps(data.gaps) : copyPairs(data.buckets)
}

function makeRoom(size: number): void {
  if (decoded.index.length >= size) return
  decoded.index = new Int32Array(2 * size)
  decoded.count = new Float64Array(2 * size)
}

function copyPairs(pairs: readonly number[]): Buckets | undefined {
  makeRoom(pairs.length)
  decoded.length = Math.floor(pairs.length / 2)
  for (let i = 0; i < decoded.length; i++) {
    const index = pairs[2 * i]!
    const count = pairs[2 * i + 1]!
    if (!(index >= 0 && index < 2 ** 31 && Number.isInteger(index) && count >= 0)) return undefined
    decoded.index[i] = index
    decoded.count[i] = count
  }
  return decoded
}

function decodeGaps(text: string): Buckets | undefined {
  const end = text.length
  makeRoom(end)
  const { index: indexes, count: counts } = decoded
  let length = 0
  let index = 0
  let seen = 0
  for (let i = 0; i < end;) {
    // Nearly every number is one digit or two: the loops for more are seldom entered.
    let digit = digits[text.charCodeAt(i++)] ?? none
    seen |= digit
    let gap = digit & 31
    for (let scale = 32; (digit & 32) !== 0 && i < end; scale *= 32) {
      digit = digits[text.charCodeAt(i++)] ?? none
      seen |= digit
      gap += (digit & 31) * scale
    }
    if (i >= end) break
    digit = digits[text.charCodeAt(i++)] ?? none
    seen |= digit
    let count = digit & 31
    for (let scale = 32; (digit & 32) !== 0 && i < end; scale *= 32) {
      digit = digits[text.charCodeAt(i++)] ?? none
      seen |= digit
      count += (digit & 31) * scale
    }
    index += gap
    indexes[length] = index
    counts[length++] = count
  }
  decoded.length = length
  return (seen & none) === 0 && index < 2 ** 31 ? decoded : undefined
}
