/** Observations on a block's time line, put into bins of a second or more, so that a long run stays small. */
import type { Phases } from '../model/plan.ts'
import type { SampleHistogram } from '../model/recording.ts'
import { sampleMs } from '../model/timing.ts'
import { decode, Merge } from './merge.ts'

const secondNs = 1e9
/** Agents report once a bin or more often, so bins this far back are complete. Later stragglers still count in every total. */
const openBins = 12

/** Bins of `ns`, the first of which begins at `origin`: at the block's start or, where the warm-up ends inside a bin, before it. */
export interface Bins {
  readonly ns: number
  readonly origin: number
}

/**
 * The end of the warm-up is the edge of a bin, for agents cut their samples there: no bin mixes warm-up and measured time.
 * Bins are as long as samples are by rule: more than that samples do not tell.
 */
export function binsOf(phases: Phases): Bins {
  const ns = sampleMs(phases) * 1e6
  const over = (phases.warmupMs * 1e6) % ns
  return { ns, origin: over > 0 ? over - ns : 0 }
}

function binAt({ ns, origin }: Bins, instant: number): number {
  return Math.floor((instant - origin) / ns)
}

function startOf({ ns, origin }: Bins, bin: number): number {
  return origin + bin * ns
}

type Point = readonly [number, number]

/** Counts, shared out over the bins that their span touches. */
export class RateLine {
  private readonly sums: number[] = []
  private from = Infinity
  private to = -Infinity
  private readonly bins: Bins

  constructor(bins: Bins) {
    this.bins = bins
  }

  add(from: number, to: number, count: number): void {
    if (!(to > from) || from < 0) return
    this.from = Math.min(this.from, from)
    this.to = Math.max(this.to, to)
    const last = Math.ceil((to - this.bins.origin) / this.bins.ns) - 1
    for (let bin = binAt(this.bins, from); bin <= last; bin++) {
      const covered = Math.min(to, startOf(this.bins, bin + 1)) - Math.max(from, startOf(this.bins, bin))
      this.sums[bin] = (this.sums[bin] ?? 0) + (count * covered) / (to - from)
    }
  }

  /** Per second of the time that samples cover, at the end of each bin. Slivers at the ends are left out: their rate is noise. */
  points(): Point[] {
    const points: Point[] = []
    for (let bin = 0; bin < this.sums.length; bin++) {
      const [start, end] = this.covered(bin)
      if (end - start < this.bins.ns / 4) continue
      points.push([end / secondNs, ((this.sums[bin] ?? 0) * secondNs) / (end - start)])
    }
    return points
  }

  /** Sum up to the instant, with even spread inside bins. */
  cumulativeAt(instant: number): number {
    let sum = 0
    for (let bin = 0; startOf(this.bins, bin) < instant && bin < this.sums.length; bin++) {
      const [start, end] = this.covered(bin)
      const share = end > start ? Math.min(1, Math.max(0, (instant - start) / (end - start))) : 0
      sum += (this.sums[bin] ?? 0) * share
    }
    return sum
  }

  private covered(bin: number): readonly [number, number] {
    return [Math.max(this.from, startOf(this.bins, bin)), Math.min(this.to, startOf(this.bins, bin + 1))]
  }
}

/** Quantiles bin by bin from histograms merged over all agents. */
export class QuantileLine {
  private readonly open = new Map<number, Merge>()
  private readonly spare: Merge[] = []
  private readonly closed = new Map<string, Point[]>()
  private newest = -1
  private to = -Infinity
  private readonly bins: Bins
  private readonly wanted: Readonly<Record<string, number>>

  constructor(bins: Bins, wanted: Readonly<Record<string, number>>) {
    this.bins = bins
    this.wanted = wanted
  }

  add(from: number, to: number, data: SampleHistogram, buckets = decode(data)): void {
    const bin = binAt(this.bins, (from + to) / 2)
    if (bin < 0 || bin <= this.newest - openBins) return
    this.to = Math.max(this.to, to)
    let merge = this.open.get(bin)
    if (merge === undefined) {
      merge = this.spare.pop() ?? new Merge()
      this.open.set(bin, merge)
    }
    merge.add(data, buckets)
    if (bin > this.newest) {
      this.newest = bin
      for (const old of [...this.open.keys()].filter((key) => key <= bin - openBins)) this.close(old)
    }
  }

  lines(): ReadonlyMap<string, readonly Point[]> {
    for (const bin of [...this.open.keys()].toSorted((a, b) => a - b)) this.close(bin)
    return this.closed
  }

  private close(bin: number): void {
    const merge = this.open.get(bin)
    this.open.delete(bin)
    if (merge === undefined) return
    // The last bin may be longer than what was sampled.
    const end = Math.min(this.to, startOf(this.bins, bin + 1))
    for (const [name, q] of Object.entries(this.wanted)) {
      const quantile = merge.quantile(q)
      if (quantile === undefined) continue
      const points = this.closed.get(name) ?? []
      points.push([end / secondNs, quantile.value])
      this.closed.set(name, points)
    }
    merge.clear()
    this.spare.push(merge)
  }
}

/** A value, read now and then: one that only grows, or one that is as it is. */
export class Meterline {
  readonly at: number[] = []
  readonly value: number[] = []

  add(at: number, value: number): void {
    if (at <= (this.at.at(-1) ?? -Infinity)) return
    this.at.push(at)
    this.value.push(value)
  }

  /** Readings between two instants, half a second of slack at both ends. */
  within(from: number, to: number): number[] {
    const slack = secondNs / 2
    return this.value.filter((_, i) => (this.at[i] ?? 0) >= from - slack && (this.at[i] ?? 0) <= to + slack)
  }

  /** Growth a second between two instants, from readings interpolated at both or, at the ends, from the nearest ones. */
  ratePerSecond(from: number, to: number): number | undefined {
    // A run that was stopped before anybody measured has no window.
    if (!(to > from)) return undefined
    const start = Math.max(from, this.at[0] ?? Infinity)
    const end = Math.min(to, this.at.at(-1) ?? -Infinity)
    // Readings that cover less than half of the window say too little about it.
    if (!(end - start >= (to - from) / 2)) return undefined
    return ((this.valueAt(end) - this.valueAt(start)) / (end - start)) * secondNs
  }

  /** What was counted since the start of the block, over restarts too. The program may have counted before it: then it is there at 0. */
  counted(): number {
    const before = this.at[0] === 0 ? (this.value[0] ?? 0) : 0
    return this.value.reduce((sum, value, i) => {
      const last = this.value[i - 1] ?? before
      return sum + (value < last ? value : value - last)
    }, 0)
  }

  /** Did it count anew, as after a restart? Then its growth over that is not what was used. */
  fellIn(from: number, to: number): boolean {
    const [first, last] = [this.at.findLastIndex((at) => at <= from), this.at.findIndex((at) => at >= to)]
    const values = this.value.slice(Math.max(0, first), last < 0 ? undefined : last + 1)
    return values.some((value, i) => value < (values[i - 1] ?? -Infinity))
  }

  valueAt(instant: number): number {
    let low = 0
    let high = this.at.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.at[middle] ?? 0) <= instant) low = middle
      else high = middle
    }
    const [t0 = 0, t1 = 0] = [this.at[low], this.at[high]]
    const [v0 = 0, v1 = 0] = [this.value[low], this.value[high]]
    return t1 > t0 ? v0 + ((v1 - v0) * (instant - t0)) / (t1 - t0) : v0
  }

  /** Growth a second between neighbouring readings at least `binNs` apart. */
  points(binNs: number): Point[] {
    const points: Point[] = []
    let last = 0
    for (let i = 1; i < this.at.length; i++) {
      const span = (this.at[i] ?? 0) - (this.at[last] ?? 0)
      if (span < binNs * 0.75) continue
      const rate = (((this.value[i] ?? 0) - (this.value[last] ?? 0)) / span) * secondNs
      points.push([(this.at[i] ?? 0) / secondNs, rate])
      last = i
    }
    return points
  }
}
