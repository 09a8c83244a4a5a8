/**
 * Waits for the next due time. Sleeping in `Atomics.wait` (its timeout takes fractions of a millisecond) until shortly
 * before it, then watching the clock: a microsecond late as a rule, at a tenth of a core for 1,000 messages a second and half
 * of one for 10,000. While an answer is awaited there is no sleeping, but turn after turn of the event loop, so that the
 * answer is taken at once.
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
const awakeShare = 0.5

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
    if (left > 0 && left <= mostMarginNs && this.#mayBlock()) {
      watchClock(left)
      left = 0
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

/**
 * The last stretch. Turns of the event loop and `process.hrtime` (an array a call) make garbage, and its collection makes
 * lateness; `performance.now` makes none, and for a short span its origin does not matter.
 */
function watchClock(ns: number): void {
  // One more microsecond, the grain of its numbers after days of uptime, so as never to end early.
  const end = performance.now() + (ns + 1000) / 1e6
  while (performance.now() < end);
}
