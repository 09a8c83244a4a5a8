/**
 * Waits for the next due time: sleeps in `Atomics.wait` (its timeout takes fractions of a millisecond) until shortly before
 * it, then watches the clock. Watching takes a core away from the server and the receivers, so it is left out where the
 * paced senders of the block are as many as the cores or more: then a wake-up is as late as the system makes it, and what
 * fell due meanwhile goes out at once, with its lag on record. While an answer is awaited there is no sleeping, but turn
 * after turn of the event loop, so that the answer is taken at once.
 */
import { writeFileSync } from 'node:fs'
import { Clock } from './clock.ts'

/** Timers of the event loop are this coarse; it stands still for no longer. */
const turnNs = 2_000_000
/** How much earlier than due to wake up: learnt from how late wake-ups come here, within these bounds. */
const firstMarginNs = 60_000
const leastMarginNs = 5_000
const mostMarginNs = 150_000
/** One wake-up in five may come later than the margin; see `learn`. */
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

/**
 * One sender's wake-ups. All pacers of a process wait together: it has one thread, and who sleeps until the due time of one
 * must be awake for an earlier one of another.
 */
export class Pacer {
  readonly waiting: Waiting
  readonly wake: () => void
  /** In nanoseconds since the process began, as `now`: those of one process have clocks of their own. */
  due = 0
  readonly #clock: Clock
  readonly #originNs: number

  constructor(clock: Clock, waiting: Waiting, wake: () => void) {
    this.waiting = waiting
    this.wake = wake
    this.#clock = clock
    this.#originNs = clock.since(begun)
    sharpenTimers()
  }

  /** Calls `wake` once, at `due` or as soon after it as can be, and always after this call has returned. */
  wakeAt(due: number): void {
    this.due = due + this.#originNs
    if (!asked.includes(this)) asked.push(this)
    if (!turning) turnSoon()
  }

  now(): number {
    return this.#clock.now() + this.#originNs
  }
}

const begun = new Clock(process.hrtime.bigint())
const cell = new Int32Array(new SharedArrayBuffer(4))
/** Those whose wake-up was asked for and has not come. */
const asked: Pacer[] = []
let turning = false
let soon = false
let later: NodeJS.Timeout | undefined
/** Slept for this due time already: a second sleep of what is left would end after it. */
let sleptFor = NaN
let lastDue = 0
let distanceNs = 1e6
let marginNs = firstMarginNs

function turnSoon(): void {
  clearTimeout(later)
  later = undefined
  if (!soon) setImmediate(turn)
  soon = true
}

/** One turn of the event loop: all wake-ups that fall into it, for a turn costs about as much as sending a message does. */
function turn(): void {
  soon = false
  later = undefined
  let next = first()
  if (next === undefined) return
  let now = next.now()
  if (next.due - now > turnNs) {
    later = setTimeout(turn, Math.max(1, Math.floor((next.due - now - turnNs) / 1e6)))
    return
  }
  turning = true
  const end = now + turnNs
  for (; next !== undefined && now < end && next.due < end && reached(next, next.due - now); next = first()) {
    asked.splice(asked.indexOf(next), 1)
    if (next.due > lastDue) distanceNs += (next.due - lastDue - distanceNs) / 16
    lastDue = next.due
    next.wake()
    if (!next.waiting.mayBlock()) break
    now = next.now()
  }
  turning = false
  if (asked.length > 0) turnSoon()
}

function first(): Pacer | undefined {
  let found = asked[0]
  for (const pacer of asked) if (pacer.due < found!.due) found = pacer
  return found
}

/** Waits where all may; true when the due time has come. */
function reached(pacer: Pacer, wait: number): boolean {
  const { due } = pacer
  const { mayWatch } = pacer.waiting
  let left = wait
  if (left <= 0) return true
  const mayBlock = asked.every(({ waiting }) => waiting.mayBlock())
  const margin = mayWatch ? Math.min(marginNs, distanceNs * awakeShare) : 0
  if (sleptFor !== due && left > margin && mayBlock) {
    sleptFor = due
    Atomics.wait(cell, 0, 0, (left - margin) / 1e6)
    left = due - pacer.now()
    if (mayWatch) learn(margin - left)
  }
  if (mayWatch && left > 0 && left <= mostMarginNs && mayBlock) {
    watchClock(left)
    left = 0
  }
  return left <= 0
}

/** Moves the margin towards the lateness that four of five wake-ups stay below (a running quantile). */
function learn(lateNs: number): void {
  const next = marginNs + (lateNs > marginNs ? riseNs : -fallNs)
  marginNs = Math.min(mostMarginNs, Math.max(leastMarginNs, next))
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
