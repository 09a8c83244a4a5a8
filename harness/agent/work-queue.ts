/** Messages that take time: each connection works on one after the other. */
import type { Clock } from './clock.ts'
import type { Taken } from './consumption.ts'
import type { Delivery } from './engine.ts'
import { stampBytes } from './stamp.ts'

interface Waiting extends Taken {
  readonly deliveries: number
  readonly reply: string
}

export class WorkQueue {
  readonly #waiting: Waiting[] = []
  readonly #workNs: number
  readonly #callback: (message: Waiting, now: number) => void
  readonly #done: (reply: string) => void
  #clock: Clock | undefined
  #current: { readonly reply: string; readonly until: number } | undefined
  #timer: NodeJS.Timeout | undefined

  /** Each message takes `workNs` from its callback until it is done. */
  constructor(workNs: number, callback: (message: Waiting, now: number) => void, done: (reply: string) => void) {
    this.#workNs = workNs
    this.#callback = callback
    this.#done = done
  }

  /** Messages that wait or are worked on. */
  get length(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1)
  }

  /** Of the message its stamp is kept, and where it is answered. */
  add({ bytes, start, end, headerBytes, replyStart, replyEnd }: Delivery, deliveries: number, clock: Clock): void {
    this.#clock = clock
    // A copy: the bytes are those of a buffer that is read into again (and `slice` of a Buffer copies nothing).
    const copy = Uint8Array.from(bytes.subarray(start, Math.min(end, start + stampBytes)))
    const view = new DataView(copy.buffer)
    const reply = Buffer.from(bytes.subarray(replyStart, replyEnd)).toString('latin1')
    this.#waiting.push({ view, start: 0, end: end - start, headerBytes, deliveries, reply })
    if (this.#current === undefined) this.#turn()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** A timer is as coarse as a millisecond: what is over by then is done in one go, and none of the time is lost. */
  readonly #turn = (): void => {
    const now = this.#clock!.now()
    for (;;) {
      const free = this.#current?.until ?? now
      if (free > now) break
      const over = this.#current?.reply
      const next = this.#waiting.shift()
      if (next !== undefined) this.#callback(next, now)
      this.#current = next === undefined ? undefined : { reply: next.reply, until: free + this.#workNs }
      if (over !== undefined) this.#done(over)
      if (next === undefined) break
    }
    if (this.#current !== undefined) this.#timer = setTimeout(this.#turn, 1)
  }
}
