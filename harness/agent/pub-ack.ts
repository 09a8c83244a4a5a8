/**
 * What a stream answers to a publish (nats-server, JSPubAckResponse): `{"stream":"orders","seq":12}`, with `"duplicate":true`
 * where the message id was known already, or `{"error":{"code":503,"err_code":10077,"description":"..."}}`.
 */
import type { Delivery } from './engine.ts'
import { fieldsOf, isFields, type Fields } from './js-api.ts'
import { numberIn } from './parser.ts'
import { SequenceSet } from './sequence-set.ts'
import { summed } from './tally.ts'

const CLOSE = 125

/** JSStreamWrongLastSequenceErrF (with the number it has) and JSStreamWrongLastSequenceConstantErr. */
const conflictCodes: ReadonlySet<number> = new Set([10_071, 10_164])

/** The answers to one publisher. */
export class PubAcks {
  readonly acked = new SequenceSet()
  /** Messages that the server did not store, for it has one of their id. */
  duplicates = 0
  /** Messages that expected another last sequence number than the server has. */
  conflicts = 0
  /** Sequence number that the last answer names: of this message, or in a conflict of the one that is there; 0 where it names none. */
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
    const text = Buffer.from(bytes.subarray(start, end)).toString('utf8')
    const accepted = this.take(answerIn(text), sequence, text)
    const head = accepted ? /^\{"stream":"[^"]+","seq":(?=\d+\}$)/.exec(text)?.[0] : undefined
    if (head !== undefined) this.#head = Buffer.from(head)
    return accepted
  }

  /** The same of an answer that is read already; `said`: its text. */
  take({ stream, seq, duplicate, error }: Answer, sequence: number, said = ''): boolean {
    this.last = 0
    if (error !== undefined) {
      const { err_code: code, description } = error
      if (typeof code === 'number' && conflictCodes.has(code)) {
        this.conflicts += this.weight
        this.last = Number(/\d+$/.exec(String(description))?.[0] ?? 0)
        return false
      }
      const words = `${typeof code === 'number' ? code : 'no code'} ${typeof description === 'string' ? description.slice(0, 200) : ''}`
      this.#refused(words.trim())
      return false
    }
    if (typeof stream !== 'string' || typeof seq !== 'number') {
      this.#refused(`no PubAck: ${JSON.stringify(said.slice(0, 60))}`)
      return false
    }
    this.last = seq
    if (duplicate === true) this.duplicates++
    else this.acked.add(sequence)
    return true
  }

  /** Nearly all are alike but for the number: they are not parsed as JSON. */
  #isPlain(bytes: Uint8Array, start: number, end: number): boolean {
    const head = this.#head
    const digits = start + head.length
    if (head.length === 0 || end - digits < 2 || bytes[end - 1] !== CLOSE) return false
    for (let i = 0; i < head.length; i++) if (bytes[start + i] !== head[i]) return false
    const number = numberIn(bytes, digits, end - 1)
    if (number < 0) return false
    this.last = number
    return true
  }

  static conflictsOf(answers: readonly PubAcks[]): number {
    return answers.reduce((sum, { conflicts }) => sum + conflicts, 0)
  }

  /** What the publishers from number `first` on were told. */
  static told(answers: readonly PubAcks[], first: number) {
    return {
      publishers: Object.fromEntries(answers.map(({ acked }, i) => [String(first + i), acked.told()])),
      duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
      errors: summed(answers.map(({ errors }) => Object.fromEntries(errors))),
    }
  }

  #refused(words: string): void {
    this.errors.set(words, (this.errors.get(words) ?? 0) + this.weight)
  }
}

type Answer = Fields & { readonly error?: Fields }

function answerIn(text: string): Answer {
  const { error, ...rest } = fieldsOf(text)
  return isFields(error) ? { ...rest, error } : rest
}
