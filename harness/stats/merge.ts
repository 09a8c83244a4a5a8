/** Many sparse histograms added into one. Quantiles come from here only: never from averages of quantiles. */
import { BenchError } from '../model/error.ts'
import type { HistogramData, SampleHistogram } from '../model/recording.ts'
import { bucketsOf, type Buckets } from '../agent/gap-text.ts'
import { bucketHigh, bucketLow, lastBucket } from '../agent/histogram.ts'
import { rankInterval } from './order.ts'

/** A percentile is reported only with at least this many samples beyond it. */
export const fewestBeyond = 10

/** Samples that leave so many beyond the quantile. */
export function samplesFor(q: number): number {
  return Math.round(fewestBeyond / (1 - q))
}

/** 2^20 buckets are more than 30 years in nanoseconds at 14 significant bits. */
const mostBuckets = 1 << 20

export interface Quantile {
  readonly value: number
  readonly interval: readonly [number, number]
}

export class Merge {
  total = 0
  min = Infinity
  max = -Infinity
  significantBits = 0
  private counts = new Float64Array(1024)
  /** Used range of `counts`: from `low` to `high`, inclusive. */
  private low = Infinity
  private high = -1

  /** `buckets`: those of `data`, where they are decoded already. */
  add(data: SampleHistogram, buckets = decode(data)): void {
    if (buckets.length === 0) return
    this.adopt(data.significantBits)
    const { index: indexes, count: numbers, length } = buckets
    let { counts, low, high } = this
    for (let i = 0; i < length; i++) {
      const index = indexes[i]!
      if (index >= counts.length) counts = this.grow(index)
      counts[index]! += numbers[i]!
      if (index < low) low = index
      if (index > high) high = index
    }
    this.low = low
    this.high = high
    this.total += data.total
    if (data.min < this.min) this.min = data.min
    if (data.max > this.max) this.max = data.max
  }

  data(): HistogramData {
    const buckets = this.pairs()
    const { significantBits, total } = this
    return { significantBits, min: total === 0 ? 0 : this.min, max: total === 0 ? 0 : this.max, total, buckets }
  }

  /**
   * Not in `data`: while the loop stood beside its object, 1 of some 200 analyses of a good recording had the `min` of a later histogram in an
   * earlier one, and was refused. It seems that V8 of Node.js 24, compiling the function in its loop, lets such objects share their numbers.
   */
  private pairs(): number[] {
    const buckets: number[] = []
    for (let i = this.low; i <= this.high; i++) {
      const count = this.counts[i] ?? 0
      if (count > 0) buckets.push(i, count)
    }
    return buckets
  }

  /** Undefined where fewer than 10 samples lie beyond it (on the thinner side). */
  quantile(q: number): Quantile | undefined {
    const beyond = this.total * Math.min(q, 1 - q)
    if (beyond < fewestBeyond - 1e-6) return undefined
    const [low, high] = rankInterval(this.total, q)
    const [from, value, to] = this.atRanks([low, Math.ceil(this.total * q), high])
    return { value: value ?? Number.NaN, interval: [from ?? Number.NaN, to ?? Number.NaN] }
  }

  /** Values at ascending ranks, from 1: the upper end of the bucket, as HdrHistogram does, never above the exact largest. */
  atRanks(ranks: readonly number[]): number[] {
    const values: number[] = []
    let seen = 0
    let index = this.low
    for (const rank of ranks) {
      while (index <= this.high && seen + (this.counts[index] ?? 0) < rank) seen += this.counts[index++] ?? 0
      const bucket = Math.min(index, this.high)
      values.push(Math.min(this.max, bucketHigh(bucket, this.significantBits)))
    }
    return values
  }

  clear(): void {
    if (this.high >= 0) this.counts.fill(0, this.low, this.high + 1)
    this.total = 0
    this.min = Infinity
    this.max = -Infinity
    this.low = Infinity
    this.high = -1
  }

  private adopt(bits: number): void {
    if (this.significantBits === 0) this.significantBits = bits
    if (this.significantBits !== bits) {
      throw new BenchError(
        'recording-invalid',
        `histograms that are merged must have the same significantBits, got ${this.significantBits} and ${bits}`,
      )
    }
  }

  private grow(index: number): Float64Array<ArrayBuffer> {
    if (index >= mostBuckets) throw invalid(`one of index ${index}`)
    const larger = new Float64Array(Math.min(mostBuckets, 2 ** Math.ceil(Math.log2(index + 2))))
    larger.set(this.counts)
    this.counts = larger
    return larger
  }
}

/** Valid until the next call. `what`: for the error. Throws `recording-invalid` where they are none, or where `total`, `min` and `max` are not theirs. */
export function decode(data: SampleHistogram, what = 'histogram'): Buckets {
  const buckets = bucketsOf(data)
  if (buckets === undefined) throw invalid('others', what)
  const { index: indexes, count: numbers, length } = buckets
  let [sum, low, high] = [0, Infinity, -1]
  for (let i = 0; i < length; i++) {
    const index = indexes[i]!
    sum += numbers[i]!
    if (numbers[i]! > 0 && index < low) low = index
    if (numbers[i]! > 0 && index > high) high = index
  }
  if (high >= mostBuckets) throw invalid(`one of index ${high}`, what)
  if (sum !== data.total) throw differs(what, `total ${data.total}`, `buckets that hold ${sum}`)
  if (sum === 0) return buckets
  const { min, max, significantBits: bits } = data
  if (!(min <= max && within(min, low, bits)))
    throw differs(what, `min ${min}`, `${spanOf(low, bits)} as lowest bucket`)
  if (!within(max, high, bits)) throw differs(what, `max ${max}`, `${spanOf(high, bits)} as highest bucket`)
  return buckets
}

/** Values beyond the last bucket there is are counted in it. */
function within(value: number, bucket: number, bits: number): boolean {
  return value >= bucketLow(bucket, bits) && (value <= bucketHigh(bucket, bits) || bucket === lastBucket)
}

function spanOf(bucket: number, bits: number): string {
  return `${bucketLow(bucket, bits)} to ${bucketHigh(bucket, bits)}`
}

function differs(what: string, said: string, found: string): BenchError {
  return new BenchError('recording-invalid', `${what} must say what its buckets hold, got ${said} and ${found}`, {
    hint: 'the recording was changed or is damaged: measure again',
  })
}

function invalid(got: string, what = 'histogram'): BenchError {
  return new BenchError(
    'recording-invalid',
    `buckets of ${what} must have whole indexes from 0 to ${mostBuckets - 1} and counts, got ${got}`,
  )
}
