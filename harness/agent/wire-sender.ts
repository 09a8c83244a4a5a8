/** Publishes over a socket from two ready-made batches: one is filled while the kernel still takes the other. */
import type { Socket } from 'node:net'
import type { MessageShape, Sender } from './engine.ts'
import { NumberedTemplate } from './numbered-template.ts'
import { Template } from './template.ts'

const batchBytes = 64 * 1024

interface Batch {
  readonly template: Template
  filled: number
  inFlight: boolean
  /** Writes that the kernel took at once; their callbacks are still to come and say nothing new. */
  known: number
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
    return this.#current.inFlight ? 0 : this.#current.template.slots - this.#current.filled
  }

  put(sequence: number, count: number, due: number, lag: number): void {
    const batch = this.#current
    batch.template.patch(batch.filled, count, sequence, due, lag)
    batch.filled += count
  }

  push(): void {
    const batch = this.#current
    if (batch.filled === 0) return
    const { bytes, stride } = batch.template
    batch.inFlight = true
    this.#socket.write(bytes.subarray(0, batch.filled * stride), batch.written)
    batch.filled = 0
    if (this.#socket.writableLength === 0) {
      // The kernel took all of it at once: the same bytes, still in the CPU's cache, can be filled again.
      batch.inFlight = false
      batch.known++
      return
    }
    const [first, second] = this.#batches
    this.#current = batch === first ? second : first
  }

  #batch(shape: MessageShape, replyPrefix: string | undefined): Batch {
    const batch: Batch = {
      template: templateOf(shape, replyPrefix),
      filled: 0,
      inFlight: false,
      known: 0,
      written: () => {
        if (batch.known > 0) {
          batch.known--
          return
        }
        batch.inFlight = false
        if (batch === this.#current) this.onRoom()
      },
    }
    return batch
  }
}

function templateOf(shape: MessageShape, replyPrefix: string | undefined): Template {
  const { numbers } = shape
  if (numbers === undefined) return new Template(shape, batchBytes, replyPrefix)
  return new NumberedTemplate({ ...shape, numbers }, batchBytes, replyPrefix)
}
