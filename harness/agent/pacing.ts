/**
 * Waits for the next due time. Sleeping in `Atomics.wait` (its timeout takes fractions of a millisecond) until shortly
 * before it, then spinning over `setImmediate`, which lets sockets be served in between: some tens of microseconds late at a
 * few per cent of a core for 1,000 messages a second. A job that must also receive cannot sleep like that and spins only.
 */
import type { Clock } from './clock.ts'

/** Wake-up of `Atomics.wait` comes up to about this much late. */
const spinNs = 60_000
/** Timers of the event loop are this coarse. */
const timerNs = 2_000_000

export class Pacer {
  readonly #clock: Clock
  readonly #wake: () => void
  readonly #mayBlock: boolean
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  #due = Infinity
  readonly #check = () => this.#look()

  /** `mayBlock`: the event loop may stand still for up to 2 ms. */
  constructor(clock: Clock, mayBlock: boolean, wake: () => void) {
    this.#clock = clock
    this.#mayBlock = mayBlock
    this.#wake = wake
  }

  /** Calls `wake` once, at `due` or as soon after it as can be; always from the event loop. */
  wakeAt(due: number): void {
    this.#due = due
    setImmediate(this.#check)
  }

  #look(): void {
    const left = this.#due - this.#clock.now()
    if (left <= 0) {
      this.#wake()
    } else if (left > timerNs) {
      setTimeout(this.#check, Math.max(1, Math.floor((left - timerNs) / 1e6)))
    } else {
      if (left > spinNs && this.#mayBlock) Atomics.wait(this.#cell, 0, 0, (left - spinNs) / 1e6)
      setImmediate(this.#check)
    }
  }
}
