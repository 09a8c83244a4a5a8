/** Latency percentiles on the HdrHistogram axis: the curve, its rank intervals, and the floor; cut where the tail is thin. */
import { timeFacts, type MainTime } from '../model/kinds/kind.ts'
import type { HistogramData } from '../model/recording.ts'
import type { NamedHistogram, Report } from '../model/report.ts'
import { percentileCurve } from '../stats/curve.ts'
import { fewestBeyond, Merge } from '../stats/merge.ts'
import { logAxis, percentileAxis } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, ChartTable, Shape, Slot } from './chart.ts'
import { grouped, quantity, range as rangeText, tick } from './format.ts'
import { floorHistogramOf, histogramOf, spread, variantNames } from './reading.ts'

interface Curve {
  readonly name: string
  readonly slot: Slot
  readonly dash?: 'dashed' | 'dotted'
  readonly merge: Merge
  readonly data: HistogramData
  readonly reach: number
}

const tableQuantiles = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]
/** Variants drawn at most: more lines cannot be told apart. */
export const mostVariants = 6

export function percentileChart(
  report: Report,
  workload: string,
  name: MainTime | 'lag',
  id: string,
): Chart | undefined {
  const variants = variantNames(report)
  const shown = spread(variants, mostVariants)
  const curves = [
    ...shown.flatMap((variant, i) => curveOf(histogramOf(report, workload, name, variant), variant, slotOf(i))),
    ...(name === 'lag' ? [] : extra(report, workload, shown[0] ?? '', shown.length === 1, name)),
  ]
  const main = curves.filter((c) => c.dash === undefined)
  if (main.length === 0) return undefined
  const reach = Math.max(...main.map((c) => c.reach))
  const drawn = curves.map((curve) => ({ curve, points: pointsOf(curve, reach) })).filter((d) => d.points.length > 1)
  const ends = drawn.flatMap(({ points }) => points.flatMap((p) => [p.value, p.low, p.high]))
  if (ends.length === 0) return undefined
  const title = `${workload}: ${name === 'lag' ? 'send lag' : timeFacts[name].one} by percentile`
  const only = shown.length === 1
  return {
    id,
    title,
    method: name === 'lag' ? 'lag' : 'percentile',
    x: percentileAxis(reach),
    y: logAxis(Math.min(...ends), Math.max(...ends), (ns) => tick(ns, 'ns')),
    shapes: drawn.flatMap(({ curve, points }): Shape[] => [
      ...(curve.dash === undefined
        ? [
            {
              kind: 'band' as const,
              slot: curve.slot,
              points: points.map((p) => [p.x, Math.log10(p.low), Math.log10(p.high)] as const),
            },
          ]
        : []),
      {
        kind: 'line',
        slot: curve.slot,
        ...(curve.dash === undefined ? {} : { dash: curve.dash }),
        points: points.map((p) => [p.x, Math.log10(p.value)] as const),
      },
    ]),
    legend: drawn.map(({ curve }) => ({
      slot: curve.slot,
      name: only && curve.dash === undefined ? (name === 'lag' ? 'send lag' : timeFacts[name].one) : curve.name,
      ...(curve.dash === undefined ? {} : { dash: curve.dash }),
    })),
    table: {
      along: 'x',
      head: [
        'percentile',
        ...drawn.flatMap(({ curve }) => (curve.dash === undefined ? [curve.name, '95 % interval'] : [curve.name])),
      ],
      rows: percentileRows(tableQuantiles, Math.max(1, reach), (q) =>
        drawn.flatMap(({ curve }) => {
          const found = curve.merge.quantile(q)
          const value = quantity(found?.value, 'ns')
          return curve.dash === undefined ? [value, rangeText(found?.interval, 'ns')] : [value]
        }),
      ),
    },
    notes: [
      ...main
        .slice(0, 1)
        .map(
          (c) =>
            `${only ? '' : `${c.name}: `}${grouped(c.merge.total)} samples; cut where fewer than ${fewestBeyond} lie beyond.`,
        ),
      ...(shown.length < variants.length ? [`${shown.length} of ${variants.length} variants are drawn.`] : []),
    ],
  }
}

/** A row a quantile, as far as the curves reach. */
export function percentileRows(
  quantiles: readonly number[],
  reach: number,
  cellsOf: (q: number) => readonly string[],
): ChartTable['rows'] {
  return quantiles
    .map((q) => ({ q, at: -Math.log10(1 - q) }))
    .filter(({ at }) => at <= reach + 1e-9)
    .map(({ q, at }) => ({ at, cells: [`p${Number((q * 100).toPrecision(7))}`, ...cellsOf(q)] }))
}

/** The floor, and with one variant the latency from the real send, below the curves. */
function extra(report: Report, workload: string, variant: string, only: boolean, name: MainTime): readonly Curve[] {
  const { service } = timeFacts[name]
  return [
    ...(only ? curveOf(histogramOf(report, workload, service, variant), 'from the real send', 2, 'dotted') : []),
    ...curveOf(floorHistogramOf(report, workload, variant), 'floor: raw TCP echo', 0, 'dashed'),
  ]
}

function curveOf(
  histogram: NamedHistogram | undefined,
  name: string,
  slot: Slot,
  dash?: 'dashed' | 'dotted',
): readonly Curve[] {
  if (histogram === undefined || histogram.data.total < 2 * fewestBeyond) return []
  const merge = new Merge()
  merge.add(histogram.data)
  const reach = Math.min(5, Math.log10(merge.total / fewestBeyond))
  return [{ name, slot, merge, data: histogram.data, reach, ...(dash === undefined ? {} : { dash }) }]
}

const pointsDrawn = 72

function pointsOf({ data }: Curve, most: number) {
  const least = (value: number): number => Math.max(1, value)
  return percentileCurve(data, pointsDrawn, most).map(({ nines, value, interval: [low, high] }) => ({
    x: nines,
    value: least(value),
    low: least(low),
    high: least(high),
  }))
}
