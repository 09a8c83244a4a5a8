/** Messages that take time: each connection works on one after the other. */
import type { Clock } from './clock.ts'
import type { Taken } from './consumption.ts'
import type { Delivery } from './engine.ts'
import { stampBytes } from './stamp.ts'

export interface Waiting extends Taken {
  /** What was kept of its payload. */
  readonly bytes: Uint8Array
  readonly deliveries: number
  /** Where it is answered; empty where it asked for no answer. */
  readonly reply: string
}

/** What is kept of a message comes from these. */
export type Kept = Pick<Delivery, 'bytes' | 'start' | 'end' | 'headerBytes' | 'replySubject'>

export class WorkQueue {
  /** Those before `#first` are gone. To take the first of an array away moves all behind it: of 500,000 that takes 0.2 ms. */
  #waiting: Waiting[] = []
  #first = 0
  readonly #callback: (message: Waiting, now: number) => void
  readonly #done: (message: Waiting) => void
  readonly #keptBytes: number
  #workNs: number
  #clock: Clock | undefined
  #current: { readonly message: Waiting; readonly until: number } | undefined
  #timer: NodeJS.Timeout | undefined

  /** Each message takes `workNs` from its callback until it is done; `keptBytes` of its payload are kept until then. */
  constructor(
    workNs: number,
    callback: (message: Waiting, now: number) => void,
    done: (message: Waiting) => void,
    keptBytes = stampBytes,
  ) {
    this.#workNs = workNs
    this.#callback = callback
    this.#done = done
    this.#keptBytes = keptBytes
  }

  /** Messages that wait or are worked on. */
  get length(): number {
    return this.#waiting.length - this.#first + (this.#current === undefined ? 0 : 1)
  }

  add(delivery: Kept, deliveries: number, clock: Clock): void {
    this.#clock = clock
    const { start, end, headerBytes } = delivery
    // A copy: the bytes are those of a buffer that is read into again (and `slice` of a Buffer copies nothing).
    const bytes = Uint8Array.from(delivery.bytes.subarray(start, Math.min(end, start + this.#keptBytes)))
    const view = new DataView(bytes.buffer)
    const reply = delivery.replySubject()
    this.#waiting.push({ bytes, view, start: 0, end: end - start, headerBytes, deliveries, reply })
    if (this.#current === undefined) this.#turn()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** From now on nothing takes time. */
  finish(): void {
    this.#workNs = 0
    if (this.#current === undefined) return
    this.#current = { ...this.#current, until: 0 }
    clearTimeout(this.#timer)
    this.#turn()
  }

  /** A timer is as coarse as a millisecond: what is over by then is done in one go, and none of the time is lost. */
  readonly #turn = (): void => {
    const now = this.#clock!.now()
    for (;;) {
      const free = this.#current?.until ?? now
      if (free > now) break
      const over = this.#current?.message
      const next = this.#take()
      if (next !== undefined) this.#callback(next, now)
      this.#current = next === undefined ? undefined : { message: next, until: free + this.#workNs }
      if (over !== undefined) this.#done(over)
      if (next === undefined) break
    }
    if (this.#current !== undefined) this.#timer = setTimeout(this.#turn, 1)
  }
  #take(): Waiting | undefined {
    const waiting = this.#waiting
    if (this.#first === waiting.length) return undefined
    const next = waiting[this.#first++]
    // So seldom that a message costs one move in the mean.
    if (this.#first * 2 > waiting.length) {
      this.#waiting = waiting.slice(this.#first)
      this.#first = 0
    }
    return next
  }
}
