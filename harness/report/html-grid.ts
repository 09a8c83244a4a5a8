/** A grid of two dimensions as tables: a row and a column a value, shaded by its place between the least and the most. */
import type { Report, Summary } from '../model/report.ts'
import { dimensions, gridCell, lastWord, type Setting } from './chart-grid.ts'
import { mainWorkload } from './headline.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf } from './methods.ts'
import { latencyOf, medianText } from './reading.ts'
import { metricLabel } from './terminal-metrics.ts'

/** Shades of the page's style, 0 to this. */
const darkest = 6

/** Nothing where it is not exactly two things that were varied. */
export function gridTables(report: Report): Markup | undefined {
  const [down, across, third] = dimensions(report)
  if (down === undefined || across === undefined || third !== undefined) return undefined
  const workload = mainWorkload(report)
  const latency = latencyOf(report, workload)
  const shown = ['throughput', ...(latency === undefined ? [] : [`${latency}.p50`, `${latency}.p99`])]
  return h`<div class="heats">${shown.map((metric) => {
    const cells = down.values.map((y) =>
      across.values.map((x) => gridCell(report, workload, metric, { [down.path]: y, [across.path]: x })),
    )
    return heatTable(`${workload} ${metricLabel(metric)}`, metric, [down, across], cells)
  })}</div>`
}

type Dimension = { readonly path: string; readonly values: readonly Setting[] }

function heatTable(
  title: string,
  metric: string,
  [down, across]: readonly [Dimension, Dimension],
  cells: readonly (readonly (Summary | undefined)[])[],
): Markup {
  const shade = shades(cells.flat().flatMap((cell) => cell?.median ?? []))
  return h`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="heat"><caption><a href="#m-${methodOf(metric)}">${title}</a>: the stronger the colour, the more</caption><thead><tr><th scope="col">${lastWord(down.path)} \\ ${lastWord(across.path)}${across.values.map((x) => h`<th scope="col">${String(x)}`)}<tbody>${down.values.map(
    (y, i) =>
      h`<tr><th scope="row">${String(y)}${cells[i]?.map((cell) => h`<td class="heat-${shade(cell?.median)}">${medianText(cell)}`)}`,
  )}</table></div>`
}

/** By equal ratios, as the charts are; what is not positive, or not known, is not shaded. */
export function shades(values: readonly number[]): (value: number | undefined) => number {
  const logs = values.filter((value) => value > 0).map(Math.log)
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  return (value) => {
    if (value === undefined || value <= 0 || high <= low) return 0
    return Math.round(((Math.log(value) - low) / (high - low)) * darkest)
  }
}
