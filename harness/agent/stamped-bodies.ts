/** Payloads for clients that keep what they are given until it is written: each message has bytes of its own, with its stamp. */
import type { MessageShape } from './engine.ts'
import { fillPayload, sizeOf } from './payload.ts'
import { stampBytes, writeStamp } from './stamp.ts'

export class StampedBodies {
  readonly #body: Uint8Array
  readonly #publisher: number
  readonly #sizeOf: (sequence: number) => number

  constructor({ payload, publisher }: Pick<MessageShape, 'payload' | 'publisher'>) {
    this.#body = new Uint8Array(payload.bytes)
    this.#publisher = publisher
    this.#sizeOf = sizeOf({ payload, publisher })
    fillPayload(this.#body, 0, payload, publisher)
  }

  of(sequence: number, due: number, lag: number): Uint8Array {
    const body = this.#body.slice(0, this.#sizeOf(sequence))
    if (body.length >= stampBytes) writeStamp(new DataView(body.buffer), 0, sequence, this.#publisher, due, lag)
    return body
  }
}
