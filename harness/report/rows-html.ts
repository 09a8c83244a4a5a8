/** Rows as HTML: every table has its own place to scroll in, every list is one. */
import type { Draw } from './draw.ts'
import { figure } from './figure.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { isRemark, outcomeWords } from './reading.ts'
import { shownOn, written, type Row, type Writers } from './rows.ts'
import { outcomeMarks, remarkMark } from './style-text.ts'
import { tableHtml } from './table-html.ts'

/** `draw`: of a page with charts. */
export function rowsHtml(rows: readonly Row[], draw?: Draw): Markup {
  const runs: { list: 'items' | 'charts' | undefined; parts: Markup[] }[] = []
  for (const row of rows.filter(shownOn('html'))) {
    const list = row.kind === 'item' || row.kind === 'finding' ? 'items' : row.kind === 'chart' ? 'charts' : undefined
    const last = runs.at(-1)
    const part = written(writers, row, draw)
    if (list !== undefined && last?.list === list) last.parts.push(part)
    else runs.push({ list, parts: [part] })
  }
  return h`${runs.map(({ list, parts }) =>
    list === 'items'
      ? h`<ul class="findings">${parts}</ul>`
      : list === 'charts'
        ? h`<div class="charts">${parts}</div>`
        : parts,
  )}`
}

const writers: Writers<[draw?: Draw], Markup> = {
  heading: ({ text, level, more, id }) => {
    const named = id === undefined ? undefined : h` id="${id}"`
    const about = more === undefined ? undefined : h`<p class="about">${more}</p>`
    if (level === 1) return h`<header class="top"><h2${named}>${text}</h2>${about}</header>`
    return h`<h3${named}>${text}</h3>${about}`
  },
  sentence: ({ text, label, quiet }) =>
    label === undefined
      ? h`<p${quiet === true ? h` class="facts"` : undefined}>${text}</p>`
      : h`<p><strong>${label}</strong> ${text}</p>`,
  verdict: ({ outcome, text }) =>
    h`<div class="verdict ${outcome}"><a href="#m-verdict" class="badge ${outcome}"><span aria-hidden="true">${outcomeMarks[outcome]}</span> ${outcomeWords[outcome]}</a><p>${text}</p></div>`,
  item: ({ text, mark }) => h`<li>${mark === undefined ? '' : `${mark} `}${text}</li>`,
  finding: ({ finding }) => {
    const { about, rule, because, outcome } = finding
    const [name, mark] = isRemark(finding) ? ['remark', remarkMark] : [outcome, outcomeMarks[outcome]]
    return h`<li class="${name}"><strong>${mark} ${about}</strong> <span class="rule">${rule}</span> ${because}</li>`
  },
  note: ({ text }) => h`<p class="note">${text}</p>`,
  code: ({ text }) => h`<pre>${text}</pre>`,
  chart: ({ chart }, draw) => (draw === undefined ? h`` : figure(chart, draw)),
  drawn: ({ html }) => html ?? h``,
  group: ({ look, title, more, open, rows }, draw) => {
    const inner = rowsHtml(rows, draw)
    if (look === 'beside' || look === 'heats') return h`<div class="${look}">${inner}</div>`
    if (look === 'answer') return h`<section class="answer">${inner}</section>`
    return h`<details class="part"${open === true ? h` open` : undefined}><summary>${more === undefined ? title : h`<strong>${title}</strong> ${more}`}</summary>${inner}</details>`
  },
  table: tableHtml,
}
