/** Rows as Markdown that reads well on GitHub. */
import type { Outcome } from '../model/report.ts'
import { code, codeBlock, md, table } from './markdown-text.ts'
import { isRemark, outcomeWords } from './reading.ts'
import { cellOf, shownOn, type Cell, type Column, written, type Page, type Row, type Writers } from './rows.ts'
import { remarkMark } from './style-text.ts'

export const markdownMarks: Readonly<Record<Outcome, string>> = { pass: '✅', unknown: '❔', fail: '❌' }

/** Ends with a newline. */
export function markdownText(page: Page): string {
  return `${blocksOf(page.flat())}\n`
}

function blocksOf(rows: readonly Row[]): string {
  let text = ''
  let listed = false
  for (const row of rows.filter(shownOn('markdown'))) {
    const block = written(writers, row)
    if (block === '') continue
    const list = row.kind === 'item' || row.kind === 'finding'
    text += text === '' ? block : `${listed && list ? '\n' : '\n\n'}${block}`
    listed = list
  }
  return text
}

const writers: Writers<[], string> = {
  heading: ({ text, level, more }) => title(level, text, more),
  sentence: ({ text, label }) => (label === undefined ? md(text) : `**${md(label)}** ${md(text)}`),
  verdict: ({ outcome, text }) => `**${outcomeWords[outcome]}** ${markdownMarks[outcome]} ${md(text)}`,
  item: ({ text, mark }) => `- ${mark === undefined ? '' : `${mark} `}${md(text)}`,
  finding: ({ finding }) => {
    const { about, rule, because, outcome } = finding
    return `- ${isRemark(finding) ? remarkMark : markdownMarks[outcome]} **${md(about)}** (${md(rule)}): ${md(because)}`
  },
  note: ({ text }) => md(text),
  code: ({ language, text }) => (language === '' ? code(text) : codeBlock(language, text)),
  chart: () => '',
  drawn: ({ markdown }) => markdown ?? '',
  group: ({ title: name, more, rows }) => `${name === undefined ? '' : `${title(3, name, more)}\n\n`}${blocksOf(rows)}`,
  table: ({ columns }) => {
    const shown = columns.filter((column) => shownOn('markdown')(column) && column.grows === undefined)
    const rows = (shown[0]?.cells ?? []).map((_, r) => shown.map((column) => cellText(cellOf(column.cells[r]), column)))
    return table(
      shown.map(({ head }) => md(head)),
      rows,
      shown.map(({ left }, i) => i > 0 && left !== true),
    )
  },
}

const title = (level: number, text: string, more?: string): string =>
  `${'#'.repeat(level)} ${md(text)}${more === undefined || more === '' ? '' : `: ${md(more)}`}`

function cellText({ text, mark, below = [] }: Cell, { look }: Column): string {
  const said = md(mark === undefined ? text : `${mark} ${text}`)
  return [look === 'bold' ? `**${said}**` : said, ...below.map(md)].join('<br>')
}
