/** Handlers that take time: each message is counted and timed when its turn comes, as the callback of a client's would be. */
import type { Delivery, Receiver } from './engine.ts'
import { Failure } from './failure.ts'
import type { JobContext } from './job.ts'
import { stampBytes } from './stamp.ts'
import type { Inbox } from './subscribe.ts'
import { WorkQueue, type Waiting } from './work-queue.ts'

/** Messages that one connection keeps waiting, as clients keep them in memory; nats.go gives up at as many by default. */
const mostWaiting = 524_288

export interface Handler {
  readonly inbox: Inbox
  readonly workMs: number
  /** Of each message so much is kept until its turn; the bytes of a stamp where nothing is said. */
  readonly keptBytes?: number
  /** The work on it begins. */
  readonly callback: (message: Waiting) => void
  /** It is over. */
  readonly done?: (message: Waiting) => void
}

export class Working implements Receiver {
  readonly #inbox: Inbox
  readonly #queue: WorkQueue
  readonly #full: () => void

  constructor({ inbox, workMs, callback, done, keptBytes = stampBytes }: Handler, { recorder, fail }: JobContext) {
    this.#inbox = inbox
    const begin = (message: Waiting, now: number): void => {
      inbox.now = now
      recorder.tick(now)
      callback(message)
    }
    this.#queue = new WorkQueue(workMs * 1e6, begin, done ?? (() => undefined), keptBytes)
    const words = `handler must keep up, got ${mostWaiting} messages that wait for its ${workMs} ms of work each`
    this.#full = () => fail(new Failure('slow-consumer', `${words}; lower the rate, or give it more connections`))
  }

  arrived(): void {
    this.#inbox.arrived()
  }

  /** What comes before the start has no time, and is not worked on. */
  message(delivery: Delivery): void {
    const { clock } = this.#inbox
    if (clock === undefined) return this.#inbox.message(delivery)
    if (this.#inbox.passesBy(delivery)) return
    if (this.#queue.length < mostWaiting) this.#queue.add(delivery, 1, clock)
    else this.#full()
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }

  /** The load is over: what still waits is taken at once, so that it is not held for lost. */
  finish(): void {
    this.#queue.finish()
  }
}
