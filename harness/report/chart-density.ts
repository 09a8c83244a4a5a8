/** The latency distribution: share of messages by equal steps of the logarithm, so that two humps are seen as two. */
import { timeFacts, type MainTime } from '../model/kinds/kind.ts'
import type { HistogramData } from '../model/recording.ts'
import type { Report } from '../model/report.ts'
import { bucketHigh, bucketLow } from '../agent/histogram.ts'
import { Merge } from '../stats/merge.ts'
import { fromZero, logAxis, range } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, Slot } from './chart.ts'
import { mostVariants } from './chart-percentiles.ts'
import { quantity, tick } from './format.ts'
import { floorHistogramOf, histogramOf, spread, variantNames } from './reading.ts'

const bins = 64

export function densityChart(report: Report, workload: string, name: MainTime, id: string): Chart | undefined {
  const variants = spread(variantNames(report), mostVariants)
  const found = variants.flatMap((variant, i) => {
    const histogram = histogramOf(report, workload, name, variant)
    const label = variants.length === 1 ? timeFacts[name].one : variant
    return histogram === undefined || histogram.data.total < 100
      ? []
      : [{ label, slot: slotOf(i), data: histogram.data }]
  })
  const floor = floorHistogramOf(report, workload, variants[0] ?? '')
  const all: readonly { label: string; slot: Slot; data: HistogramData }[] = [
    ...found,
    ...(floor === undefined || floor.data.total < 100 ? [] : [{ label: 'floor', slot: 0 as const, data: floor.data }]),
  ]
  if (found.length === 0) return undefined
  const low = Math.max(1, Math.min(...all.map(({ data }) => data.min)))
  const high = Math.max(low * 2, ...all.map(({ data }) => tailOf(data)))
  const step = Math.log10(high / low) / bins
  const shares = all.map(({ data }) => sharesOf(data, Math.log10(low), step))
  const at = (bin: number): number => Math.log10(low) + (bin + 0.5) * step
  return {
    id,
    title: `${workload}: ${timeFacts[name].one} distribution`,
    method: 'density',
    x: logAxis(low, high, (ns) => tick(ns, 'ns')),
    y: fromZero(Math.max(...shares.flat()), (share) => tick(share, 'share')),
    shapes: all.map(({ slot }, i) => ({
      kind: 'area',
      slot,
      stack: false,
      points: (shares[i] ?? []).map((share, bin) => [at(bin), share] as const),
    })),
    legend: all.map(({ slot, label }) => ({ slot, name: label })),
    table: {
      along: 'x',
      head: ['around', ...all.map(({ label }) => label)],
      rows: range(bins).map((bin) => ({
        at: at(bin),
        cells: [quantity(Math.round(10 ** at(bin)), 'ns'), ...shares.map((s) => percent(s[bin] ?? 0))],
      })),
    },
    notes: [
      'Share of the messages in each of 64 equal steps of the logarithm, up to the last percentile that is shown.',
    ],
  }
}

function percent(share: number): string {
  return share === 0 ? '0' : share < 0.0005 ? '< 0.05 %' : quantity(share, 'share')
}

/** The value beyond which only ten samples lie. */
function tailOf(data: HistogramData): number {
  const merge = new Merge()
  merge.add(data)
  return merge.quantile(1 - 10 / data.total)?.value ?? data.max
}

/** A bucket that spans several bins is shared out between them by its overlap, else the picture would have holes. */
function sharesOf(data: HistogramData, from: number, step: number): readonly number[] {
  const shares = new Array<number>(bins).fill(0)
  for (let i = 0; i + 1 < data.buckets.length; i += 2) {
    const index = data.buckets[i] ?? 0
    const share = (data.buckets[i + 1] ?? 0) / data.total
    const low = (Math.log10(Math.max(1, bucketLow(index, data.significantBits))) - from) / step
    const high = (Math.log10(Math.max(1, bucketHigh(index, data.significantBits) + 1)) - from) / step
    const first = Math.max(0, Math.floor(low))
    const last = Math.min(bins - 1, Math.floor(high))
    for (let bin = first; bin <= last; bin++) {
      const overlap = high > low ? (Math.min(high, bin + 1) - Math.max(low, bin)) / (high - low) : 1
      shares[bin] = (shares[bin] ?? 0) + share * Math.max(0, overlap)
    }
  }
  return shares
}
