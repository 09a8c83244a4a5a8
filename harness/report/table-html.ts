/** The one table of HTML: a head a column, a row header in the first, in a place of its own to scroll in. */
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { cellOf, shownOn, type Cell, type Column, type Table } from './rows.ts'

export function tableHtml({ label, caption, columns, look, id, data }: Table): Markup {
  const shown = columns.filter((column) => shownOn('html')(column) && column.grows === undefined)
  const className = look === undefined ? h` class="overview"` : look === 'plain' ? undefined : h` class="${look}"`
  const rows = (shown[0]?.cells ?? []).map((_, r) => {
    const attributes = Object.entries(data?.[r] ?? {}).map(([name, value]) => h` data-${name}="${value}"`)
    return h`<tr${attributes}>${shown.map((column, c) => cellHtml(cellOf(column.cells[r]), c === 0, column.left === true))}`
  })
  return h`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table${className}${id === undefined ? undefined : h` id="${id}"`}>${caption === undefined ? undefined : h`<caption>${linked(caption, caption.text)}</caption>`}${headHtml(shown)}<tbody>${rows}</table></div>`
}

function headHtml(columns: readonly Column[]): Markup | undefined {
  if (columns.every(({ head }) => head === '')) return undefined
  return h`<thead><tr>${columns.map(({ head, href, left }, c) => h`<th scope="col"${left === true && c > 0 ? h` class="left"` : undefined}>${linked({ ...(href === undefined ? {} : { href }) }, head)}`)}`
}

function cellHtml({ text, mark, tone, below = [], ...link }: Cell, first: boolean, left: boolean): Markup {
  const names = [...(tone === undefined ? [] : [tone]), ...(left && !first ? ['left'] : [])]
  const name = names.length === 0 ? undefined : h` class="${names.join(' ')}"`
  const said = h`${linked(link, mark === undefined ? text : `${mark} ${text}`)}${below.map((line) => h`<br><small>${line}</small>`)}`
  return first ? h`<th scope="row"${name}>${said}` : h`<td${name}>${said}`
}

function linked({ href, title }: Pick<Cell, 'href' | 'title'>, text: string): Markup | string {
  return href === undefined
    ? text
    : h`<a href="${href}"${title === undefined ? undefined : h` title="${title}"`}>${text}</a>`
}
