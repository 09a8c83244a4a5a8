/**
 * CLOCK_MONOTONIC as plain numbers: nanoseconds since the block's start instant.
 * One kernel has one such clock, so times of different processes and jails compare. `performance.now()` has an origin of
 * its own in each process and is never used for stamps. A read costs about 40 ns.
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

/** Measured in about a millisecond. */
export function clockFacts(): ClockFacts {
  const reads = 10_000
  const clock = new Clock(process.hrtime.bigint())
  const first = clock.now()
  let last = first
  let tickNs = Infinity
  for (let i = 0; i < reads; i++) {
    const now = clock.now()
    if (now > last && now - last < tickNs) tickNs = now - last
    last = now
  }
  const offsets = timeNamespaceOffsets()
  return {
    now: monotonicNow(),
    tickNs: Number.isFinite(tickNs) ? tickNs : 0,
    readCostNs: Math.round((last - first) / reads),
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
