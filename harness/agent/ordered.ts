/**
 * The ordered consumer of one connection (ADR-37): ephemeral, so it is made again from where we are when it left something out, and when it is
 * gone with its server.
 */
import type { AckSubject } from './ack-subject.ts'
import { asFailure, type Failure } from './failure.ts'
import { ApiError } from './js-api.ts'

/** Makes an ordered consumer that begins at a sequence number of the stream; its name. */
export type Make = (from: number) => Promise<string>

interface Told {
  /** There is another one: it has been asked for nothing yet. */
  readonly remade: () => void
  /** The server could not make one now, by its words; none where it said nothing. */
  readonly refused: (words: string | undefined) => void
  readonly failed: (failure: Failure) => void
}

export class Ordered {
  /** Of the consumer that there is now. */
  name = ''
  /** How many there were before it. */
  number = 0
  making = false
  readonly #make: Make
  readonly #told: Told
  #nameBytes: Uint8Array = new Uint8Array(0)
  /** The number that the next message must have, and where in the stream we are. */
  #expected = 1
  #reached = 0

  constructor(make: Make, told: Told) {
    this.#make = make
    this.#told = told
  }

  async begin(): Promise<void> {
    this.#use(await this.#make(1))
  }

  /**
   * Is the message that was read the next one? False where it is of a consumer that was given up, which has still something to send, and
   * where something was left out: then another consumer is made.
   */
  takes(subject: AckSubject, bytes: Uint8Array, replyStart: number): boolean {
    if (this.making || !subject.isOf(bytes, replyStart, this.#nameBytes)) return false
    if (subject.consumerSequence !== this.#expected) {
      this.remake()
      return false
    }
    this.#expected++
    this.#reached = subject.streamSequence
    return true
  }

  remake(): void {
    if (this.making) return
    this.making = true
    this.#make(this.#reached + 1).then(
      (name) => {
        this.number++
        this.#use(name)
        this.making = false
        this.#told.remade()
      },
      (error: unknown) => {
        this.making = false
        const failure = asFailure(error)
        if (failure instanceof ApiError) this.#told.refused(failure.words)
        else if (failure.code === 'timeout') this.#told.refused(undefined)
        else this.#told.failed(failure)
      },
    )
  }

  #use(name: string): void {
    this.name = name
    this.#nameBytes = Buffer.from(name)
    this.#expected = 1
  }
}
