/** Rows in a terminal. Fits 40 columns and uses more where there is more. */
import type { Finding } from '../model/report.ts'
import { isRemark, outcomeWords } from './reading.ts'
import {
  cellOf,
  shownOn,
  type Cell,
  type Column,
  written,
  type Page,
  type Row,
  type Tone,
  type Writers,
} from './rows.ts'
import { cut, fold, noPaint, outcomeMarks, outcomeStyles, paint, remarkMark, tame, width } from './style-text.ts'
import type { Paint } from './style-text.ts'
import { textTable, type TableColumn } from './terminal-table.ts'

export interface TerminalOptions {
  readonly color: boolean
  readonly columns: number
}

interface Room {
  readonly columns: number
  readonly say: Paint
}

/** Ends with a newline. */
export function terminalText(page: Page, options: TerminalOptions): string {
  const room = { columns: Math.min(200, Math.max(40, options.columns)), say: options.color ? paint : noPaint }
  const parts = page.map((rows) => linesOf(rows, room)).filter((lines) => lines.length > 0)
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const linesOf = (rows: readonly Row[], room: Room): readonly string[] =>
  rows.filter(shownOn('terminal')).flatMap((row) => written(writers, row, room))

const writers: Writers<[Room], readonly string[]> = {
  heading: ({ text, level, more }, { columns, say }) =>
    level > 1 && more !== undefined
      ? [title(text, more, { columns, say })]
      : fold(tame(more === undefined ? text : `${text}: ${more}`), columns).map((line, i) => {
          const bold = more === undefined ? line.length : i > 0 ? 0 : text.length + 1
          return `${say('bold', line.slice(0, bold))}${line.slice(bold)}`
        }),
  sentence: ({ text, label, quiet }, { columns, say }) =>
    label === undefined
      ? fold(tame(text), columns).map((line) => (quiet === true ? say('dim', line) : line))
      : hanging(`${label} ${tame(text)}`, columns, 2, 4).map((line, i) =>
          i === 0 ? line.replace(label, say('bold', label)) : line,
        ),
  verdict: ({ outcome, text }, { columns, say }) => {
    const word = outcomeWords[outcome]
    return hanging(`${word}  ${tame(text)}`, columns, 0, 2).map((line, i) =>
      i === 0 ? say([outcomeStyles[outcome], 'bold'], word) + line.slice(word.length).replace(/^ /, '  ') : line,
    )
  },
  item: ({ text, mark, warns, quiet }, { columns, say }) =>
    hanging(tame(mark === undefined ? text : `${mark} ${text}`), columns, 2, 4).map((line) =>
      warns === true ? say('yellow', line) : quiet === true ? say('dim', line) : line,
    ),
  finding: ({ finding }, { columns, say }) => {
    const style = isRemark(finding) ? 'yellow' : outcomeStyles[finding.outcome]
    return hanging(findingText(finding), columns, 4, 6).map((line, i) =>
      i === 0 ? line.replace(/\S/u, (mark) => say(style, mark)) : line,
    )
  },
  note: ({ text }, { columns, say }) => hanging(tame(text), columns, 2, 4).map((line) => say('dim', line)),
  code: ({ text }) => text.split('\n').map((line) => `  ${tame(line)}`),
  chart: () => [],
  drawn: ({ terminal }, { columns }) => terminal?.(columns) ?? [],
  group: ({ title: name, more, rows }, room) => [
    ...(name === undefined ? [] : [title(name, more ?? '', room)]),
    ...linesOf(rows, room),
  ],
  table: ({ columns: all, indent = 2 }, { columns, say }) => {
    const shown = all.filter(shownOn('terminal'))
    return textTable(
      shown.map((column) => tableColumn(column, columns, say)),
      { indent, columns, say },
    )
  },
}

function title(text: string, more: string, { columns, say }: Room): string {
  const name = tame(text)
  return `  ${say('bold', name)}${say('dim', cut(more === '' ? '' : `  ${tame(more)}`, columns - 2 - width(name)))}`
}

function tableColumn({ head, cells, look, ...rest }: Column, columns: number, say: Paint): TableColumn {
  const all = cells.map(cellOf)
  return {
    ...rest,
    head: tame(head),
    cells: all.map(({ text, mark, short }) => {
      const said = columns < 100 ? (short ?? text) : text
      return tame(mark === undefined ? said : `${mark} ${said}`)
    }),
    style: (text, row) => (look === undefined ? toned(text, all[row] ?? { text }, say) : say(look, text)),
  }
}

const tones: { readonly [T in Tone]?: Parameters<Paint>[0] } = {
  ...outcomeStyles,
  better: 'green',
  worse: 'red',
}

function toned(text: string, { tone, mark }: Cell, say: Paint): string {
  const style = tone === undefined ? undefined : tones[tone]
  if (style === undefined) return text
  return mark === undefined ? say(style, text) : text.replace(mark, say(style, mark))
}

/** One line, not yet folded. */
function findingText(finding: Finding): string {
  const { about, rule, because, outcome } = finding
  return `${isRemark(finding) ? remarkMark : outcomeMarks[outcome]} ${tame(about)} (${tame(rule)}): ${tame(because)}`
}

/** Folded text with a first and a further indentation. */
function hanging(text: string, columns: number, first: number, further: number): readonly string[] {
  const room = columns - Math.max(first, further)
  return fold(text, room).map((line, i) => cut(`${' '.repeat(i === 0 ? first : further)}${line}`, columns))
}
