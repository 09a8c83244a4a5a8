/**
 * The buckets of a histogram as text, as frames carry them: for each bucket that holds something the distance from the one
 * before (from 0 for the first) and the count, each number in digits of 5 bits, lowest first, every digit but the last of a
 * number raised by 32, written in the alphabet of base64. (Source maps write their numbers so, with a sign.) Most
 * pairs are two or three characters, and a reader of JSON passes over a text far faster than over a list of numbers.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const digits = new Int8Array(128).fill(-1)
for (let i = 0; i < alphabet.length; i++) digits[alphabet.charCodeAt(i)] = i

/** `value`: whole, 0 or more, exact to 2^53. */
export function digitsOf(value: number): string {
  let text = ''
  let rest = value
  for (; rest >= 32; rest = Math.floor(rest / 32)) text += alphabet[32 + (rest % 32)]!
  return text + alphabet[rest]!
}

let scratch = new Float64Array(8192)

/**
 * Index, count, index, count ... of such a text. The answer is valid until the next call. A character that is none of the
 * alphabet gives NaN, which no bucket is called.
 */
export function pairsOf(text: string): Float64Array {
  if (scratch.length <= text.length) scratch = new Float64Array(2 * text.length)
  let length = 0
  let value = 0
  let scale = 1
  let index = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const digit = code < 128 ? digits[code]! : -1
    value += digit < 0 ? Number.NaN : (digit & 31) * scale
    if (digit >= 32) {
      scale *= 32
      continue
    }
    if (length % 2 === 0) value = index += value
    scratch[length++] = value
    value = 0
    scale = 1
  }
  return scratch.subarray(0, length)
}
