/** A grid of two dimensions as tables: a row and a column a value, shaded by its place between the least and the most. */
import type { Report } from '../model/report.ts'
import { dimensions, gridCell, lastWord } from './chart-grid.ts'
import { mainWorkload } from './headline.ts'
import { methodOf } from './methods.ts'
import { latencyOf, medianText } from './reading.ts'
import type { Row, Table } from './rows.ts'
import { metricLabel } from './run-numbers.ts'

/** Shades of the page's style, 0 to this. */
const darkest = 6

/** Nothing where it is not exactly two things that were varied. */
export function gridTables(report: Report): readonly Row[] {
  const [down, across, third] = dimensions(report)
  if (down === undefined || across === undefined || third !== undefined) return []
  const workload = mainWorkload(report)
  const latency = latencyOf(report, workload)
  const shown = ['throughput', ...(latency === undefined ? [] : [`${latency}.p50`, `${latency}.p99`])]
  const tables = shown.flatMap((metric): readonly Table[] => {
    const cells = across.values.map((x) =>
      down.values.map((y) => gridCell(report, workload, metric, { [down.path]: y, [across.path]: x })),
    )
    const known = cells.flat().flatMap((cell) => cell?.median ?? [])
    // a percentile that no variant has is no table of dashes: the notes below all numbers say what it needs
    if (known.length === 0) return []
    const shade = shades(known)
    const label = `${workload} ${metricLabel(metric)}`
    return [
      {
        kind: 'table',
        label,
        look: 'heat',
        caption: { text: `${label}: the stronger the colour, the more`, href: `#m-${methodOf(metric)}` },
        columns: [
          { head: `${lastWord(down.path)} \\ ${lastWord(across.path)}`, cells: down.values.map(String) },
          ...across.values.map((x, i) => ({
            head: String(x),
            cells: (cells[i] ?? []).map((cell) => ({
              text: medianText(cell),
              tone: `heat-${shade(cell?.median)}` as const,
            })),
          })),
        ],
      },
    ]
  })
  return [{ kind: 'group', look: 'heats', rows: tables }]
}

/** By equal ratios, as the charts are; what is not positive, or not known, is not shaded. */
function shades(values: readonly number[]): (value: number | undefined) => number {
  const logs = values.filter((value) => value > 0).map(Math.log)
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  return (value) => {
    if (value === undefined || value <= 0 || high <= low) return 0
    return Math.round(((Math.log(value) - low) / (high - low)) * darkest)
  }
}
