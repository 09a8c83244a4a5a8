/**
 * Waits for the next due time. Sleeping in `Atomics.wait` (its timeout takes fractions of a millisecond) until shortly
 * before it, then spinning over `setImmediate`, which lets sockets be served in between: some tens of microseconds late at a
 * few per cent of a core for 1,000 messages a second. While an answer is awaited there is no sleeping, only spinning.
 */
import type { Clock } from './clock.ts'

/** Timers of the event loop are this coarse. */
const timerNs = 2_000_000
/** How much earlier than due to wake up: learnt from how late wake-ups come here, within these bounds. */
const firstMarginNs = 60_000
const leastMarginNs = 20_000
const mostMarginNs = 150_000
/** One wake-up in five may come later than the margin; see `#learn`. */
const riseNs = 4000
const fallNs = 1000
/** The margin takes at most this share of the mean distance between due times, so that a fast sender still sleeps. */
const awakeShare = 0.7

export class Pacer {
  readonly #clock: Clock
  readonly #wake: () => void
  readonly #mayBlock: () => boolean
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  readonly #check = (): void => this.#look()
  #due = 0
  #distanceNs = 1e6
  /** Slept for this due time already: a second sleep of what is left would end after it. */
  #slept = false
  #marginNs = firstMarginNs

  /** `mayBlock`: may the event loop stand still now, for up to 2 ms? */
  constructor(clock: Clock, mayBlock: () => boolean, wake: () => void) {
    this.#clock = clock
    this.#mayBlock = mayBlock
    this.#wake = wake
  }

  /** Calls `wake` once, at `due` or as soon after it as can be; always from the event loop. */
  wakeAt(due: number): void {
    if (due > this.#due) this.#distanceNs += (due - this.#due - this.#distanceNs) / 16
    this.#due = due
    this.#slept = false
    setImmediate(this.#check)
  }

  #look(): void {
    let left = this.#due - this.#clock.now()
    if (left > timerNs) {
      setTimeout(this.#check, Math.max(1, Math.floor((left - timerNs) / 1e6)))
      return
    }
    const margin = Math.min(this.#marginNs, this.#distanceNs * awakeShare)
    if (!this.#slept && left > margin && this.#mayBlock()) {
      this.#slept = true
      Atomics.wait(this.#cell, 0, 0, (left - margin) / 1e6)
      left = this.#due - this.#clock.now()
      this.#learn(margin - left)
    }
    if (left <= 0) this.#wake()
    else setImmediate(this.#check)
  }

  /** Moves the margin towards the lateness that four of five wake-ups stay below (a running quantile). */
  #learn(lateNs: number): void {
    const next = this.#marginNs + (lateNs > this.#marginNs ? riseNs : -fallNs)
    this.#marginNs = Math.min(mostMarginNs, Math.max(leastMarginNs, next))
  }
}
