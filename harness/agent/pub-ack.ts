/**
 * What a stream answers to a publish (nats-server, JSPubAckResponse): `{"stream":"orders","seq":12}`, with `"duplicate":true`
 * where the message id was known already, or `{"error":{"code":503,"err_code":10077,"description":"..."}}`.
 */
import type { Delivery } from './engine.ts'
import { SequenceSet } from './sequence-set.ts'

const CLOSE = 125
const ZERO = 48

/** JSStreamWrongLastSequenceErrF (with the number it has) and JSStreamWrongLastSequenceConstantErr. */
const conflictCodes: ReadonlySet<number> = new Set([10_071, 10_164])

/** The answers to one publisher. */
export class PubAcks {
  readonly acked = new SequenceSet()
  /** Messages that the server did not store, for it has one of their id. */
  duplicates = 0
  /** Messages that expected another last sequence number than the server has. */
  conflicts = 0
  /** Sequence number in the stream of the message that was acknowledged last. */
  stored = 0
  /** Of the last conflict: the sequence number that the server has; 0 where it did not say. */
  found = 0
  /** After `follow`: the sequence number that the server has; 0 where it did not say. */
  last = 0
  /** Messages that an error is the answer to: of a batch, all of it. */
  weight = 1
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
    let number = 0
    for (let at = digits; at < end - 1; at++) {
      const digit = bytes[at]! - ZERO
      if (digit < 0 || digit > 9) return false
      number = number * 10 + digit
    }
    this.stored = number
    return true
  }

  #read(text: string, sequence: number): boolean {
    const { stream, seq, duplicate, error } = fieldsOf(text)
    if (error !== undefined) {
      const { err_code: code, description } = error
      if (typeof code === 'number' && conflictCodes.has(code)) {
        this.conflicts += this.weight
        this.found = Number(/\d+$/.exec(String(description))?.[0] ?? 0)
        return false
      }
      const words = `${typeof code === 'number' ? code : 'no code'} ${typeof description === 'string' ? description.slice(0, 200) : ''}`
      this.#refused(words.trim())
      return false
    }
    if (typeof stream !== 'string' || typeof seq !== 'number') {
      this.#refused(`no PubAck: ${JSON.stringify(text.slice(0, 60))}`)
      return false
    }
    this.stored = seq
    if (duplicate === true) {
      this.duplicates++
      return true
    }
    const head = /^\{"stream":"[^"]+","seq":(?=\d+\}$)/.exec(text)?.[0]
    if (head !== undefined) this.#head = Buffer.from(head)
    this.acked.add(sequence)
    return true
  }

  /** As `accept`; `last` is then what the server said that it has: this message, or in a conflict another. */
  follow(delivery: Delivery, sequence: number): boolean {
    const { conflicts } = this
    const accepted = this.accept(delivery, sequence)
    this.last = accepted ? this.stored : this.conflicts > conflicts ? this.found : 0
    return accepted
  }

  static conflictsOf(answers: readonly PubAcks[]): number {
    return answers.reduce((sum, { conflicts }) => sum + conflicts, 0)
  }

  /** What the publishers from number `first` on were told. */
  static told(answers: readonly PubAcks[], first: number) {
    const errors: Record<string, number> = {}
    for (const answer of answers) {
      for (const [words, count] of answer.errors) errors[words] = (errors[words] ?? 0) + count
    }
    return {
      publishers: Object.fromEntries(answers.map(({ acked }, i) => [String(first + i), acked.told()])),
      duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
      errors,
    }
  }

  #refused(words: string): void {
    this.errors.set(words, (this.errors.get(words) ?? 0) + this.weight)
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
