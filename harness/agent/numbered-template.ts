/**
 * A template whose messages differ by more than stamp and reply: by numbers in headers (ids, expected sequences), by a subject
 * number that is not in turn, by a number in a payload of text. Every number has room for ten digits; in headers it has leading
 * zeros, which the server's parser takes (`parseInt64` in server/util.go).
 */
import type { HeaderNumber, MessageShape, Numbers } from './engine.ts'
import { Template, writeDigits, writePadded } from './template.ts'

const digits = 10
const zeros = '0'.repeat(digits)

export class NumberedTemplate extends Template {
  readonly #numbers: Numbers
  /** Place in a message, and what stands there. */
  readonly #headers: readonly (readonly [at: number, of: HeaderNumber['of']])[]
  readonly #many: boolean
  readonly #before: Uint8Array
  readonly #after: Uint8Array

  constructor(shape: MessageShape & { readonly numbers: Numbers }, roomBytes: number, replyPrefix?: string) {
    const { numbers } = shape
    const { headers = [], body } = numbers
    const added = Object.fromEntries(headers.map(({ name, before }) => [name, `${before}${zeros}`]))
    super({ ...shape, headers: { ...shape.headers, ...added } }, roomBytes, replyPrefix)
    const first = this.bytes.subarray(0, this.stride)
    this.#numbers = numbers
    this.#many = shape.subjects > 1
    this.#headers = headers.map(({ name, before, of }) => {
      const line = `\r\n${name}: ${before}`
      return [first.indexOf(line) + Buffer.byteLength(line), of]
    })
    this.#before = Buffer.from(body?.before ?? '')
    this.#after = Buffer.from(body?.after ?? '')
  }

  override patch(slot: number, count: number, sequence: number, due: number, lag: number): void {
    super.patch(slot, count, sequence, due, lag)
    for (let i = 0; i < count; i++) this.#patchOne(slot + i, sequence + i)
  }

  #patchOne(slot: number, sequence: number): void {
    const { bytes, stride } = this
    const { subject, body } = this.#numbers
    if (subject !== undefined && this.#many) this.patchSubject(slot, subject(sequence))
    for (const [at, of] of this.#headers) writeDigits(bytes, slot * stride + at, digits, of(sequence))
    if (body === undefined) return
    // Over the stamp too: such a payload is read by the server alone.
    const start = (slot + 1) * stride - 2 - bodyBytes(body)
    bytes.set(this.#before, start)
    writePadded(bytes, start + this.#before.length, digits, body.of(sequence))
    bytes.set(this.#after, start + this.#before.length + digits)
  }
}

/** Length of a payload of text around a number. */
export function bodyBytes({ before, after }: Pick<NonNullable<Numbers['body']>, 'before' | 'after'>): number {
  return Buffer.byteLength(before) + digits + Buffer.byteLength(after)
}
