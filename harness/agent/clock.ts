/**
 * CLOCK_MONOTONIC as plain numbers: nanoseconds since the block's start instant.
 * One kernel has one such clock, so times of different processes and jails compare. `performance.now()` has an origin of
 * its own in each process and is never used for stamps, only for deadlines within one: `Date.now()` is not, for the time of day may be
 * set meanwhile. A read costs about 40 ns.
 */
import { readFileSync } from 'node:fs'
import type { ClockFacts } from '../model/recording.ts'

export class Clock {
  readonly #seconds: number
  readonly #nanos: number

  /** `origin`: absolute monotonic nanoseconds. */
  constructor(origin: bigint) {
    this.#seconds = Number(origin / 1_000_000_000n)
    this.#nanos = Number(origin % 1_000_000_000n)
  }

  /** Whole nanoseconds since the origin; below zero before it. Exact for 104 days. */
  now(): number {
    const time = process.hrtime()
    return (time[0] - this.#seconds) * 1e9 + (time[1] - this.#nanos)
  }

  /** Nanoseconds from the origin of the other clock to that of this one. */
  since(other: Clock): number {
    return (this.#seconds - other.#seconds) * 1e9 + (this.#nanos - other.#nanos)
  }
}

export function monotonicNow(): string {
  return process.hrtime.bigint().toString()
}

/**
 * Measured by 10,000 reads, or fewer where they would take longer than 20 ms: as many as show two steps. The cost of a read is the
 * mean of the quickest twenty in a row, for the system may take the core away meanwhile.
 */
export function clockFacts(): ClockFacts {
  const [mostReads, longNs, inARow] = [10_000, 20e6, 20]
  const clock = new Clock(process.hrtime.bigint())
  const first = clock.now()
  let [last, rowBegan] = [first, first]
  let [tickNs, rowNs] = [Infinity, Infinity]
  let [reads, steps] = [0, 0]
  while (reads < mostReads && (last - first < longNs || steps < 2 || reads < inARow)) {
    const now = clock.now()
    if (now > last) {
      steps++
      tickNs = Math.min(tickNs, now - last)
    }
    last = now
    if (++reads % inARow > 0) continue
    rowNs = Math.min(rowNs, now - rowBegan)
    rowBegan = now
  }
  const offsets = timeNamespaceOffsets()
  return {
    now: monotonicNow(),
    tickNs: Number.isFinite(tickNs) ? tickNs : 0,
    readCostNs: Math.round(rowNs / inARow),
    ...(offsets === undefined ? {} : { offsets }),
  }
}

/** Linux only: another time namespace shifts the monotonic clock (time_namespaces(7)). */
function timeNamespaceOffsets(): string | undefined {
  try {
    return readFileSync('/proc/self/timens_offsets', 'utf8').trim().replace(/\s+/g, ' ')
  } catch {
    return undefined // no such file: no time namespaces on this system
  }
}
