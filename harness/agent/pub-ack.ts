/**
 * What a stream answers to a publish (nats-server, JSPubAckResponse): `{"stream":"orders","seq":12}`, with `"duplicate":true`
 * where the message id was known already, or `{"error":{"code":503,"err_code":10077,"description":"..."}}`.
 */
import type { Delivery } from './engine.ts'
import { SequenceSet } from './sequence-set.ts'

const CLOSE = 125
const ZERO = 48
const NINE = 57

/** The answers to one publisher. */
export class PubAcks {
  readonly acked = new SequenceSet()
  duplicates = 0
  /** By the server's error code and words. */
  readonly errors = new Map<string, number>()
  /** What plain acknowledgements of this stream begin with, once one has been seen. */
  #head: Uint8Array = new Uint8Array(0)

  /** True where message `sequence` is stored. */
  accept({ bytes, start, end }: Delivery, sequence: number): boolean {
    if (this.#isPlain(bytes, start, end)) {
      this.acked.add(sequence)
      return true
    }
    return this.#read(Buffer.from(bytes.subarray(start, end)).toString('utf8'), sequence)
  }

  /** Nearly all are alike but for the number: they are not parsed as JSON. */
  #isPlain(bytes: Uint8Array, start: number, end: number): boolean {
    const head = this.#head
    const digits = start + head.length
    if (head.length === 0 || end - digits < 2 || bytes[end - 1] !== CLOSE) return false
    for (let i = 0; i < head.length; i++) if (bytes[start + i] !== head[i]) return false
    for (let at = digits; at < end - 1; at++) if (bytes[at]! < ZERO || bytes[at]! > NINE) return false
    return true
  }

  #read(text: string, sequence: number): boolean {
    const { stream, seq, duplicate, error } = fieldsOf(text)
    if (error !== undefined) {
      const { err_code: code, description } = error
      const words = `${typeof code === 'number' ? code : 'no code'} ${typeof description === 'string' ? description.slice(0, 200) : ''}`
      this.#refused(words.trim())
      return false
    }
    if (typeof stream !== 'string' || typeof seq !== 'number') {
      this.#refused(`no PubAck: ${JSON.stringify(text.slice(0, 60))}`)
      return false
    }
    if (duplicate === true) this.duplicates++
    const head = /^\{"stream":"[^"]+","seq":(?=\d+\}$)/.exec(text)?.[0]
    if (head !== undefined) this.#head = Buffer.from(head)
    this.acked.add(sequence)
    return true
  }

  #refused(words: string): void {
    this.errors.set(words, (this.errors.get(words) ?? 0) + 1)
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(text: string): Fields & { readonly error?: Fields } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {}
  }
  const { error, ...rest } = isFields(value) ? value : {}
  return isFields(error) ? { ...rest, error } : rest
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
