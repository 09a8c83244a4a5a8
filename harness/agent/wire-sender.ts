/** Publishes over a socket from two ready-made batches: one is filled while the kernel still takes the other. */
import type { Socket } from 'node:net'
import type { MessageShape, Sender } from './engine.ts'
import { NumberedTemplate } from './numbered-template.ts'
import { SizedTemplate } from './sized-template.ts'
import { Template } from './template.ts'

const batchBytes = 64 * 1024
const nothing = Buffer.alloc(0)

interface Batch {
  readonly template: Template | SizedTemplate
  inFlight: boolean
  readonly written: () => void
}

export class WireSender implements Sender {
  readonly messageBytes: number
  onRoom: () => void = () => undefined

  readonly #socket: Socket
  readonly #batches: readonly [Batch, Batch]
  #current: Batch

  constructor(socket: Socket, shape: MessageShape, replyPrefix?: string) {
    this.#socket = socket
    const other = { ...shape, payload: { ...shape.payload, seed: shape.payload.seed + 1 } }
    this.#batches = [this.#batch(shape, replyPrefix), this.#batch(other, replyPrefix)]
    this.#current = this.#batches[0]
    this.messageBytes = this.#current.template.messageBytes
  }

  room(): number {
    return this.#current.inFlight ? 0 : this.#current.template.room
  }

  put(sequence: number, count: number, due: number, lag: number): number {
    return this.#current.template.put(sequence, count, due, lag)
  }

  push(): void {
    const batch = this.#current
    const bytes = batch.template.take()
    if (bytes.length === 0) return
    // A callback costs as much as a small message, so only what the kernel did not take at once is followed by one.
    this.#socket.write(bytes)
    // It did: the same bytes, still in the CPU's cache, can be filled again.
    if (this.#socket.writableLength === 0) return
    batch.inFlight = true
    this.#socket.write(nothing, batch.written)
    const [first, second] = this.#batches
    this.#current = batch === first ? second : first
  }

  #batch(shape: MessageShape, replyPrefix: string | undefined): Batch {
    const batch: Batch = {
      template: templateOf(shape, replyPrefix),
      inFlight: false,
      written: () => {
        batch.inFlight = false
        if (batch === this.#current) this.onRoom()
      },
    }
    return batch
  }
}

function templateOf(shape: MessageShape, replyPrefix: string | undefined): Template | SizedTemplate {
  const { numbers } = shape
  const even =
    numbers === undefined
      ? new Template(shape, batchBytes, replyPrefix)
      : new NumberedTemplate({ ...shape, numbers }, batchBytes, replyPrefix)
  return shape.payload.smaller === undefined ? even : new SizedTemplate(even, shape, batchBytes)
}
