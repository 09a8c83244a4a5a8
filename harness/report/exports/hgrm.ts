/**
 * HdrHistogram's percentile text (`.hgrm`), as its plotter and other tools read it: the same bytes that HdrHistogram itself
 * prints for these counts, with five steps to each halving of the distance to 100 %. Our buckets are those of a
 * HdrHistogram of three digits.
 */
import { bucketHigh, bucketLow } from '../../agent/histogram.ts'
import type { HistogramData } from '../../model/recording.ts'
import type { NamedHistogram, Report } from '../../model/report.ts'
import { oneLine } from './place.ts'

const ticksPerHalf = 5
const nsPerUnit = 1000
/** Our buckets reach 2^47 ns. */
const reachBits = 47

/**
 * All distributions of the report one after the other, each under a comment that names it. Values are microseconds.
 * Plotters want one distribution a file: see `hgrmOf`.
 */
export function hgrm(report: Report): string {
  return report.histograms
    .filter(({ data }) => data.total > 0)
    .map((histogram) => `#[Histogram = ${histogramName(histogram)}, unit = microseconds]\n${hgrmOf(histogram.data)}`)
    .join('\n')
}

/** `sub.latency`, or `sub.latency.bytes=16` where there are variants. */
export function histogramName({ workload, name, variant }: NamedHistogram): string {
  return [workload, name, ...(variant === 'default' ? [] : [variant])].map(oneLine).join('.')
}

/** One distribution. Values are microseconds with three digits, so every nanosecond shows. */
export function hgrmOf(data: HistogramData): string {
  const { significantBits: bits, total } = data
  const rows: string[] = []
  let level = 0
  let seen = 0
  for (let i = 0; i + 1 < data.buckets.length; i += 2) {
    const count = data.buckets[i + 1] ?? 0
    if (count === 0) continue
    seen += count
    const value = bucketHigh(data.buckets[i] ?? 0, bits)
    // HdrHistogram prints one line for the last bucket, then the line of 100 %
    while ((100 * seen) / total >= level) {
      rows.push(`${row(value, level, seen)} ${padded(1 / (1 - level / 100), 14, 2)}`)
      const next = level + 100 / (ticksPerHalf * 2 ** (Math.floor(Math.log2(100 / (100 - level))) + 1))
      // So close to 100 % numbers are no finer: the next level would be this one for ever.
      if (seen >= total || next === level) break
      level = next
    }
    if (seen >= total) rows.push(row(value, 100, seen))
  }
  return `${['       Value     Percentile TotalCount 1/(1-Percentile)', '', ...rows, ...footer(data)].join('\n')}\n`
}

function row(value: number, level: number, seen: number): string {
  return `${padded(value / nsPerUnit, 12, 3)} ${padded(level / 100, 2, 12)} ${String(seen).padStart(10)}`
}

/** Mean and deviation are of the middles of the buckets, as HdrHistogram counts them. */
function footer({ significantBits: bits, total, max, buckets }: HistogramData): string[] {
  const middles: (readonly [number, number])[] = []
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    const [index, count] = [buckets[i] ?? 0, buckets[i + 1] ?? 0]
    const [low, high] = [bucketLow(index, bits), bucketHigh(index, bits)]
    if (count > 0) middles.push([low + Math.floor((high - low + 1) / 2), count])
  }
  const mean = middles.reduce((sum, [value, count]) => sum + value * count, 0) / total
  const square = middles.reduce((sum, [value, count]) => sum + (value - mean) ** 2 * count, 0) / total
  const text = (ns: number) => padded(ns / nsPerUnit, 12, 3)
  const whole = (value: number) => String(value).padStart(12)
  return [
    `#[Mean    = ${text(mean)}, StdDeviation   = ${text(Math.sqrt(square))}]`,
    `#[Max     = ${text(max)}, Total count    = ${whole(total)}]`,
    `#[Buckets = ${whole(reachBits - bits + 1)}, SubBuckets     = ${whole(2 ** bits)}]`,
  ]
}

// an Intl object costs more than all it formats; toFixed rounds the binary value, HdrHistogram the decimal one
const formats = new Map<number, Intl.NumberFormat>()

function padded(value: number, width: number, digits: number): string {
  const format =
    formats.get(digits) ??
    new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false })
  formats.set(digits, format)
  return format.format(value).padStart(width)
}
