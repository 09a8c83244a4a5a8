/**
 * A log-linear histogram of nanoseconds. With 11 significant bits every value below 2048 has a bucket of its own and every
 * larger one shares its bucket with values at most 0.1 % away: three significant digits. It reaches 39 hours; larger values
 * count in the last bucket, while `max` keeps the exact value.
 *
 * Buckets: index(v) = v for v < 2^bits; else with e = floor(log2 v) - bits + 1: index = e·2^(bits-1) + floor(v / 2^e).
 */
import { bucketsOf, digitsOf } from './gap-text.ts'
import type { HistogramData, HistogramGaps, SampleHistogram } from '../model/recording.ts'

export const significantBits = 11
const reachBits = 47

/** Smallest value of a bucket. */
export function bucketLow(index: number, bits: number): number {
  const half = 2 ** (bits - 1)
  if (index < 2 * half) return index
  const exponent = Math.floor(index / half) - 1
  return (index - exponent * half) * 2 ** exponent
}

/** Largest whole value of a bucket. */
export function bucketHigh(index: number, bits: number): number {
  return bucketLow(index + 1, bits) - 1
}

/** Bucket of a whole value of 0 or more. */
export function bucketIndex(value: number, bits: number): number {
  if (value < 2 ** bits) return Math.floor(value)
  const log2 = value < 2 ** 32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 2 ** 32))
  const exponent = log2 - bits + 1
  return exponent * 2 ** (bits - 1) + Math.floor(value / 2 ** exponent)
}

const exact = 2 ** significantBits
const half = exact / 2
const largest = 2 ** reachBits - 1
/** Larger values count in it too. */
export const lastBucket = bucketIndex(largest, significantBits)
const size = lastBucket + 1

export class Histogram {
  /** Doubles: a merged hour of a flood passes 2^32. */
  readonly #counts = new Float64Array(size)
  #total = 0
  #min = Infinity
  #max = -Infinity

  /** `ns`: 0 or more. Allocates nothing. */
  record(ns: number): void {
    if (ns < this.#min) this.#min = ns
    if (ns > this.#max) this.#max = ns
    this.#total++
    if (ns < exact) {
      this.#counts[ns | 0]!++
    } else if (ns < 0x8000_0000) {
      const whole = ns | 0
      const exponent = 32 - significantBits - Math.clz32(whole)
      this.#counts[exponent * half + (whole >>> exponent)]!++
    } else {
      // Beyond 31 bits numbers are no whole numbers to the engine; the lowest 16 bits of these decide nothing.
      const high = ((ns > largest ? largest : ns) / 65_536) | 0
      const exponent = 32 - significantBits - Math.clz32(high)
      this.#counts[(exponent + 16) * half + (high >>> exponent)]!++
    }
  }

  get total(): number {
    return this.#total
  }

  /** Exact; 0 when nothing was recorded. */
  get min(): number {
    return this.#total === 0 ? 0 : this.#min
  }

  /** Exact; 0 when nothing was recorded. */
  get max(): number {
    return this.#total === 0 ? 0 : this.#max
  }

  add(data: SampleHistogram): void {
    if (data.significantBits !== significantBits) {
      throw new RangeError(`histogram must have ${significantBits} significant bits, got ${data.significantBits}`)
    }
    if (data.total === 0) return
    const buckets = bucketsOf(data)
    if (buckets === undefined) throw new RangeError('histogram must have valid buckets, got others')
    for (let i = 0; i < buckets.length; i++) {
      const index = buckets.index[i]!
      if (index >= size) throw new RangeError(`histogram bucket must be below ${size}, got ${index}`)
      this.#counts[index]! += buckets.count[i]!
    }
    this.#total += data.total
    this.#min = Math.min(this.#min, data.min)
    this.#max = Math.max(this.#max, data.max)
  }

  data(): HistogramData {
    const buckets: number[] = []
    this.#each((index, count) => buckets.push(index, count))
    return { significantBits, min: this.min, max: this.max, total: this.#total, buckets }
  }

  /** As a frame carries it. */
  gaps(): HistogramGaps {
    let gaps = ''
    let before = 0
    this.#each((index, count) => {
      gaps += digitsOf(index - before) + digitsOf(count)
      before = index
    })
    return { significantBits, min: this.min, max: this.max, total: this.#total, gaps }
  }

  reset(): void {
    if (this.#total > 0) this.#counts.fill(0, this.#firstIndex(), this.#lastIndex() + 1)
    this.#total = 0
    this.#min = Infinity
    this.#max = -Infinity
  }

  /**
   * The value at rank ceil(q·total), as the upper end of its bucket and never above `max`: at most 0.1 % too high.
   * 0 when nothing was recorded.
   */
  quantile(q: number): number {
    if (this.#total === 0) return 0
    const rank = Math.min(this.#total, Math.max(1, Math.ceil(q * this.#total)))
    if (rank === 1) return this.#min
    let seen = 0
    const last = this.#lastIndex()
    for (let index = this.#firstIndex(); index < last; index++) {
      seen += this.#counts[index]!
      if (seen >= rank) return Math.min(this.#max, bucketHigh(index, significantBits))
    }
    return this.#max
  }

  #each(take: (index: number, count: number) => void): void {
    if (this.#total === 0) return
    const last = this.#lastIndex()
    for (let index = this.#firstIndex(); index <= last; index++) {
      const count = this.#counts[index]!
      if (count > 0) take(index, count)
    }
  }

  #firstIndex(): number {
    return bucketIndex(Math.min(this.#min, largest), significantBits)
  }

  #lastIndex(): number {
    return bucketIndex(Math.min(this.#max, largest), significantBits)
  }
}
