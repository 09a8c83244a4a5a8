/** A message of the client nats.js as jobs take it. */
import type { Msg } from 'nats'
import type { Delivery, Receiver } from './engine.ts'

/** Hands one message on. `token`: of a reply, which request it answers. */
export function hand(receiver: Receiver, message: Msg, token: number): void {
  const bytes = message.data
  receiver.arrived()
  receiver.message(new NatsJsDelivery(message, bytes, token))
  receiver.handled()
}

class NatsJsDelivery implements Delivery {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start = 0
  readonly end: number
  readonly replyStart = 0
  readonly replyEnd = 0
  readonly #message: Msg
  readonly #token: number

  constructor(message: Msg, bytes: Uint8Array, token: number) {
    this.#message = message
    this.#token = token
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.end = bytes.length
  }

  get headerBytes(): number {
    const { subject, reply } = this.#message
    // `size()` counts the bytes of subject, reply, headers and payload; it is missing in the package's types.
    const size = (this.#message as Msg & { size(): number }).size()
    return size - Buffer.byteLength(subject) - Buffer.byteLength(reply ?? '') - this.end
  }

  isAside(): boolean {
    return /^(\$|_INBOX\.)/.test(this.#message.subject)
  }

  token(): number {
    return this.#token
  }

  replySubject(): string {
    return this.#message.reply ?? ''
  }

  respond(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#message.respond(bytes.slice(start, end))
  }
}
