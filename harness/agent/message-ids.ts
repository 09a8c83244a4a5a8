/** Ids of messages (`Nats-Msg-Id`), of which some repeat the one before them, and the sequence number that a message expects. */
import type { HeaderNumber } from './engine.ts'
import { mixSeed, scattered } from './random.ts'

const fine = 1_000_000

/** The id of each message of one publisher: its own sequence number, or for a share of them that of the last one that has its own. */
export class MessageIds {
  readonly #repeats: number
  readonly #seed: number

  constructor(repeats: number, seed: number, publisher: number) {
    this.#repeats = repeats * fine
    this.#seed = mixSeed(seed, publisher)
  }

  isRepeat(sequence: number): boolean {
    return sequence > 0 && scattered(this.#seed, sequence, fine) < this.#repeats
  }

  of(sequence: number): number {
    let own = sequence
    while (this.isRepeat(own)) own--
    return own
  }

  /** Among the first so many messages. */
  repeated(messages: number): number {
    let repeated = 0
    for (let sequence = 0; sequence < messages; sequence++) if (this.isRepeat(sequence)) repeated++
    return repeated
  }

  header(publisher: number): HeaderNumber {
    return { name: 'Nats-Msg-Id', before: `p${publisher}-`, of: (sequence) => this.of(sequence) }
  }
}

/** Headers of ADR-22 (nats-server, JSExpectedLastSeq and JSExpectedLastSubjSeq). */
export const expectHeaders = {
  stream: 'Nats-Expected-Last-Sequence',
  subject: 'Nats-Expected-Last-Subject-Sequence',
} as const
