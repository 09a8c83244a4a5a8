/** The latency percentiles of one workload as a small plot over the HdrHistogram axis, with the floor under it. */
import type { Report } from '../model/report.ts'
import { percentileCurve } from '../stats/curve.ts'
import { floorHistogramOf, histogramOf } from './reading.ts'
import type { MainTime } from '../model/kinds/kind.ts'
import { quantity } from './format.ts'
import { braille, framed } from './plot-text.ts'

const rows = 6
const marks = [
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
  [0.9999, 'p99.99'],
] as const

export function percentilePlot(
  report: Report,
  workload: string,
  latency: MainTime,
  variant: string,
  columns: number,
): readonly string[] {
  const curves = [histogramOf(report, workload, latency, variant), floorHistogramOf(report, workload, variant)].flatMap(
    (histogram) => (histogram === undefined ? [] : [histogram]),
  )
  const [first] = curves
  if (columns < 60 || first === undefined || first.data.total < 100) return []
  const reach = Math.min(5, Math.log10(first.data.total / 10))
  const points = curves.map(({ data }) =>
    percentileCurve(data, 120, reach).map(
      ({ nines, value }) => [nines / reach, Math.log10(Math.max(1, value))] as const,
    ),
  )
  const heights = points.flat().map(([, y]) => y)
  const low = Math.min(...heights)
  const high = Math.max(...heights)
  const span = Math.max(0.3, high - low)
  const lines = points.map((curve) => ({ points: curve.map(([x, y]) => [x, (y - low) / span] as const) }))
  const label = (row: number): string => quantity(10 ** (low + span * (1 - row / (rows - 1))), 'ns')
  const field = braille(lines, Math.min(columns, 100) - 20, rows)
  const foot = marks.map(([q, text]) => [-Math.log10(1 - q) / reach, text] as const).filter(([x]) => x <= 1)
  return framed(field, { 0: label(0), 2: label(2), [rows - 1]: label(rows - 1) }, foot).map((line) => `    ${line}`)
}
