/** The keys of a bucket as one connection knows them: which one a message is for, and the newest revision of each. */
import { mixSeed, scattered } from './random.ts'
import { isStatus, readStatus } from './js-status.ts'
import type { Delivery } from './engine.ts'
import { PubAcks } from './pub-ack.ts'

export interface Keys {
  readonly keys: number
  readonly random: boolean
  /** Keys from the first on that have their first revision already, in order: key.0 has 1. */
  readonly filled: number
  readonly payload: { readonly seed: number }
}

/** Which of so many a message is for, by its sequence number. */
export function chooser(of: number, random: boolean, seed: number): (sequence: number) => number {
  return random ? (sequence) => scattered(seed, sequence, of) : (sequence) => sequence % of
}

export class KeyView {
  readonly acks = new PubAcks()
  /** By key: the newest revision that was acknowledged to this connection. */
  readonly own: Float64Array
  readonly keyOf: (sequence: number) => number
  /** Called with each revision that was acknowledged. */
  onStored: (key: number, revision: number) => void = () => undefined
  /** By key: the newest revision seen, of whoever put it. */
  readonly #newest: Float64Array

  constructor({ keys, random, filled, payload }: Keys, index: number) {
    this.own = new Float64Array(keys)
    this.#newest = Float64Array.from({ length: keys }, (_, key) => (key < filled ? key + 1 : 0))
    this.keyOf = chooser(keys, random, mixSeed(payload.seed, index))
  }

  /** The revision that an update of this sequence number expects to find. */
  expected(sequence: number): number {
    return this.#newest[this.keyOf(sequence)]!
  }

  /** Is it an acknowledgement? A conflict says which revision is there, and the next update of the key expects that one. */
  accept(delivery: Delivery, sequence: number): boolean {
    return this.#note(this.acks.accept(delivery, sequence), sequence)
  }

  /** The same of an answer that is read already. */
  take(answer: Parameters<PubAcks['take']>[0], sequence: number): boolean {
    return this.#note(this.acks.take(answer, sequence), sequence)
  }

  #note(accepted: boolean, sequence: number): boolean {
    const { last } = this.acks
    const key = this.keyOf(sequence)
    if (accepted) {
      this.own[key] = this.#newest[key] = Math.max(this.#newest[key]!, last)
      this.onStored(key, last)
    } else if (last > 0) this.#newest[key] = last
    return accepted
  }
}

/** Sequence number of a message that a direct get brought (ADR-31); 0 where there is none. */
export function gotSequence(delivery: Delivery): number {
  if (isStatus(delivery)) return 0
  const { bytes, start, headerBytes } = delivery
  const text = Buffer.from(bytes.subarray(start - headerBytes, start)).toString('latin1')
  return Number(/\r\nNats-Sequence: (\d+)/i.exec(text)?.[1] ?? 0)
}

/** `404 Message Not Found`; undefined where it is a message. */
export function statusWords(delivery: Delivery): string | undefined {
  if (!isStatus(delivery)) return undefined
  const { code, words } = readStatus(delivery)
  return `${code} ${words}`.trim()
}
