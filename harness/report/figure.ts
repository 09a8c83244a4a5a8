/** A chart on the page: the picture, its legend, and its table, which is also what pointing at the picture shows. */
import { count } from '../model/count.ts'
import type { Chart } from './chart.ts'
import { chartHeight, chartWidth } from './chart.ts'
import type { Draw } from './draw.ts'
import { h, trusted } from './markup.ts'
import type { Markup } from './markup.ts'
import { columnsOf } from './rows.ts'
import { tableHtml } from './table-html.ts'

export function figure(chart: Chart, draw: Draw): Markup {
  const { svg, plot } = draw(chart)
  const { table, id } = chart
  const along = table.along
  const axis = along === 'x' ? chart.x : chart.y
  const from = along === 'x' ? plot.left : plot.top
  const length = along === 'x' ? plot.width : plot.height
  const place = (at: number): string => (from + ((at - axis.min) / (axis.max - axis.min)) * length).toFixed(1)
  const columns = columnsOf(
    table.head,
    table.rows.map(({ cells }) => cells),
  )
  const picture = svg.replace(/^<svg /, `<svg role="img" aria-labelledby="${id}-t" aria-describedby="${id}-d" `)
  return h`<figure class="chart" id="${id}" data-along="${along}" data-plot="${[plot.left, plot.top, plot.width, plot.height].join(' ')}" data-size="${chartWidth} ${chart.height ?? chartHeight}">
<figcaption id="${id}-t"><a href="#m-${chart.method}">${chart.title}</a></figcaption>
<div class="legend">${chart.legend.map(
    (entry) =>
      h`<button type="button" aria-pressed="true" data-slot="${entry.slot}" class="${entry.dash ?? 'solid'}"><i class="b${entry.slot}"></i>${entry.name}</button>`,
  )}</div>
<div class="plot" tabindex="0" role="group" aria-label="${chart.title}: arrow keys read the values">${trusted(picture)}</div>
${(chart.notes ?? []).map((note) => h`<p class="note">${note}</p>`)}
<details><summary id="${id}-d">Table of ${count(table.rows.length, 'row')}: ${chart.title}</summary>${tableHtml({ kind: 'table', label: `Table: ${chart.title}`, look: 'plain', columns, data: table.rows.map((row) => ({ at: place(row.at) })) })}</details>
</figure>`
}
