/** Observations on a block's time line, put into bins of one second, so that a long run stays small. */
import type { Phases } from '../model/plan.ts'
import type { HistogramData } from '../model/recording.ts'
import { Merge } from './merge.ts'

const secondNs = 1e9
/** A longer block gets wider bins: a chart has no room for more points. */
const mostBins = 600
/** Agents report once a second, so bins this far back are complete. Later stragglers still count in every total. */
const openBins = 12

export function binNsOf(phases: Phases): number {
  const totalMs = phases.warmupMs + phases.measureMs + phases.cooldownMs
  return secondNs * Math.max(1, Math.ceil(totalMs / 1000 / mostBins))
}

type Point = readonly [number, number]

/** Counts, shared out over the bins that their span touches. */
export class RateLine {
  private readonly bins: number[] = []
  private from = Infinity
  private to = -Infinity
  private readonly binNs: number

  constructor(binNs: number) {
    this.binNs = binNs
  }

  add(from: number, to: number, count: number): void {
    if (!(to > from) || from < 0) return
    this.from = Math.min(this.from, from)
    this.to = Math.max(this.to, to)
    const first = Math.floor(from / this.binNs)
    const last = Math.ceil(to / this.binNs) - 1
    for (let bin = first; bin <= last; bin++) {
      const covered = Math.min(to, (bin + 1) * this.binNs) - Math.max(from, bin * this.binNs)
      this.bins[bin] = (this.bins[bin] ?? 0) + (count * covered) / (to - from)
    }
  }

  /** Per second, at the end of each bin. Slivers at the ends are left out: their rate is noise. */
  points(): Point[] {
    const points: Point[] = []
    for (let bin = 0; bin < this.bins.length; bin++) {
      const end = Math.min(this.to, (bin + 1) * this.binNs)
      const covered = end - Math.max(this.from, bin * this.binNs)
      if (covered < this.binNs / 4) continue
      points.push([end / secondNs, ((this.bins[bin] ?? 0) * secondNs) / covered])
    }
    return points
  }

  /** Sum up to the instant, with even spread inside bins. */
  cumulativeAt(instant: number): number {
    let sum = 0
    for (let bin = 0; bin * this.binNs < instant && bin < this.bins.length; bin++) {
      const start = Math.max(this.from, bin * this.binNs)
      const end = Math.min(this.to, (bin + 1) * this.binNs)
      const share = end > start ? Math.min(1, Math.max(0, (instant - start) / (end - start))) : 0
      sum += (this.bins[bin] ?? 0) * share
    }
    return sum
  }
}

/** Quantiles bin by bin from histograms merged over all agents. */
export class QuantileLine {
  private readonly open = new Map<number, Merge>()
  private readonly spare: Merge[] = []
  private readonly closed = new Map<string, Point[]>()
  private newest = -1
  private readonly binNs: number
  private readonly wanted: Readonly<Record<string, number>>

  constructor(binNs: number, wanted: Readonly<Record<string, number>>) {
    this.binNs = binNs
    this.wanted = wanted
  }

  add(from: number, to: number, data: HistogramData): void {
    const bin = Math.floor((from + to) / 2 / this.binNs)
    if (bin < 0 || bin <= this.newest - openBins) return
    let merge = this.open.get(bin)
    if (merge === undefined) {
      merge = this.spare.pop() ?? new Merge()
      this.open.set(bin, merge)
    }
    merge.add(data)
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
    for (const [name, q] of Object.entries(this.wanted)) {
      const quantile = merge.quantile(q)
      if (quantile === undefined) continue
      const points = this.closed.get(name) ?? []
      points.push([((bin + 1) * this.binNs) / secondNs, quantile.value])
      this.closed.set(name, points)
    }
    merge.clear()
    this.spare.push(merge)
  }
}

/** A value that only grows, read now and then. */
export class Meterline {
  readonly at: number[] = []
  readonly value: number[] = []

  add(at: number, value: number): void {
    if (at <= (this.at.at(-1) ?? -Infinity)) return
    this.at.push(at)
    this.value.push(value)
  }

  /** Growth a second between two instants, from readings interpolated at both or, at the ends, from the nearest ones. */
  ratePerSecond(from: number, to: number): number | undefined {
    const start = Math.max(from, this.at[0] ?? Infinity)
    const end = Math.min(to, this.at.at(-1) ?? -Infinity)
    // Readings that cover less than half of the window say too little about it.
    if (!(end - start >= (to - from) / 2)) return undefined
    return ((this.valueAt(end) - this.valueAt(start)) / (end - start)) * secondNs
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
