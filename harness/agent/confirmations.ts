/** What the server confirms of our acknowledgements: each asks for it at a subject of its own number. */
import type { Histogram } from './histogram.ts'
import { Outstanding } from './outstanding.ts'

/** Confirmations that may be awaited at once; acknowledgements beyond them ask for none. */
const most = 65_536
const tokenDigits = 10
/** One that has not come by then never will, as of a connection that was lost: it must not keep room from others. */
const giveUpNs = 10e9

export class Confirmations {
  readonly #awaited = new Outstanding(most)
  readonly #subject: Buffer
  readonly #times: Histogram
  #number = 0

  constructor(inbox: string, times: Histogram) {
    this.#subject = Buffer.from(`${inbox}.${'0'.repeat(tokenDigits)}`)
    this.#times = times
  }

  /** Where the next acknowledgement, sent `now`, is to be confirmed. Valid until the next call. */
  next(now: number): Buffer | undefined {
    if (this.#awaited.full) this.#awaited.expire(now - giveUpNs)
    if (this.#awaited.full) return undefined
    this.#awaited.add(now, now)
    const digits = String(this.#number++ >>> 0).padStart(tokenDigits, '0')
    this.#subject.write(digits, this.#subject.length - tokenDigits, 'latin1')
    return this.#subject
  }

  /** False for one that nobody waits for. */
  take(token: number, now: number): boolean {
    if (this.#awaited.take(token) !== 'taken') return false
    this.#times.record(now - this.#awaited.sent)
    return true
  }
}
