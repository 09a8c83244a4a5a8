/**
 * Waits for the next due time: sleeps in `Atomics.wait` (its timeout takes fractions of a millisecond) until shortly before
 * it, then watches the clock. Watching takes a core away from the server and the receivers, so it is left out where the
 * paced senders of the block are as many as the cores or more: then a wake-up is as late as the system makes it, and what
 * fell due meanwhile goes out at once, with its lag on record. While an answer is awaited there is no sleeping, but turn
 * after turn of the event loop, so that the answer is taken at once.
 */
import { writeFileSync } from 'node:fs'
import type { Clock } from './clock.ts'

/** Timers of the event loop are this coarse; it stands still for no longer. */
const turnNs = 2_000_000
/** How much earlier than due to wake up: learnt from how late wake-ups come here, within these bounds. */
const firstMarginNs = 60_000
const leastMarginNs = 5_000
const mostMarginNs = 150_000
/** One wake-up in five may come later than the margin; see `#learn`. */
const riseNs = 4000
const fallNs = 1000
/** The margin takes at most this share of the mean distance between due times, so that a fast sender still sleeps. */
const awakeShare = 0.5

export interface Waiting {
  /** May the event loop stand still now, for up to 2 ms? */
  readonly mayBlock: () => boolean
  /** May a core be kept busy for the last microseconds before a due time? */
  readonly mayWatch: boolean
}

/** A core is watched with only while one is left to the others: `pacedSenders` of one block share `cores`. */
export function mayWatch(pacedSenders: number, cores: number): boolean {
  return pacedSenders < cores
}

export class Pacer {
  readonly #clock: Clock
  readonly #waiting: Waiting
  readonly #wake: () => void
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  readonly #look = (): void => this.#turn()
  #due = 0
  #distanceNs = 1e6
  /** A wake-up was asked for and has not come. */
  #asked = false
  #turning = false
  /** Slept for this due time already: a second sleep of what is left would end after it. */
  #slept = false
  #marginNs: number

  constructor(clock: Clock, waiting: Waiting, wake: () => void) {
    this.#clock = clock
    this.#waiting = waiting
    this.#wake = wake
    this.#marginNs = waiting.mayWatch ? firstMarginNs : 0
    sharpenTimers()
  }

  /** Calls `wake` once, at `due` or as soon after it as can be, and always after this call has returned. */
  wakeAt(due: number): void {
    if (due > this.#due) this.#distanceNs += (due - this.#due - this.#distanceNs) / 16
    this.#due = due
    this.#slept = false
    this.#asked = true
    if (!this.#turning) setImmediate(this.#look)
  }

  /** One turn of the event loop: all wake-ups that fall into it, for a turn costs about as much as sending a message does. */
  #turn(): void {
    let now = this.#clock.now()
    if (this.#due - now > turnNs) {
      setTimeout(this.#look, Math.max(1, Math.floor((this.#due - now - turnNs) / 1e6)))
      return
    }
    this.#turning = true
    const end = now + turnNs
    while (this.#asked && now < end && this.#due < end && this.#reached(this.#due - now)) {
      this.#asked = false
      this.#wake()
      if (!this.#waiting.mayBlock()) break
      now = this.#clock.now()
    }
    this.#turning = false
    if (this.#asked) setImmediate(this.#look)
  }

  /** Waits where it may; true when the due time has come. */
  #reached(wait: number): boolean {
    let left = wait
    const { mayWatch } = this.#waiting
    const margin = Math.min(this.#marginNs, this.#distanceNs * awakeShare)
    if (!this.#slept && left > margin && this.#waiting.mayBlock()) {
      this.#slept = true
      Atomics.wait(this.#cell, 0, 0, (left - margin) / 1e6)
      left = this.#due - this.#clock.now()
      if (mayWatch) this.#learn(margin - left)
    }
    if (mayWatch && left > 0 && left <= mostMarginNs && this.#waiting.mayBlock()) {
      watchClock(left)
      left = 0
    }
    return left <= 0
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

let sharp = false

/**
 * Linux lets a wake-up be 50 µs late to bundle timers (PR_SET_TIMERSLACK, prctl(2)); a process may ask for less for its
 * own main thread, the one that sleeps here (/proc/self/timerslack_ns, proc(5)). Elsewhere there is no such file.
 */
function sharpenTimers(): void {
  if (sharp) return
  sharp = true
  try {
    writeFileSync('/proc/self/timerslack_ns', '1')
  } catch {
    // No Linux, or no /proc in this node: wake-ups are as late as the system makes them, and their lag is recorded.
  }
}
