/** A Comparison in a terminal: what differs, what is unfair, then a row a metric and a column a run. */
import type { ComparedRow, Comparison } from '../model/comparison.ts'
import { comparedText, judged, judgedMarks, judgedWords, ratioText, rowName, runText } from './comparing.ts'
import { absent } from './format.ts'
import { cut, fold, noPaint, paint, tame } from './style-text.ts'
import { textTable, type TableColumn } from './terminal-table.ts'
import { hanging } from './terminal.ts'
import type { TerminalOptions } from './terminal.ts'

/** Why a ratio is not what the two medians beside it give. */
export const ratioNote =
  'ratio: a median (Hodges–Lehmann) over pairs of a block of each run; it need not follow from the two medians beside it.'

export function compareTerminal(comparison: Comparison, { color, columns: wanted }: TerminalOptions): string {
  const columns = Math.min(200, Math.max(40, wanted))
  const say = color ? paint : noPaint
  const labels = comparison.runs.map((r) => cut(tame(r.label), 28))
  const raw = comparison.rows.filter((r) => r.per === undefined)
  const normalised = comparison.rows.filter((r) => r.per !== undefined)
  const parts = [
    comparison.runs.flatMap((r, i) =>
      fold(`${labels[i] ?? ''}  ${tame(runText(r))}`, columns).map((line, l) =>
        l === 0 ? line.replace(labels[i] ?? '', (label) => `${say('bold', label)} `) : `  ${line}`,
      ),
    ),
    ...(comparison.unfair.length === 0
      ? []
      : [
          comparison.unfair
            .flatMap((text) => hanging(`! ${tame(text)}`, columns, 2, 4))
            .map((line) => say('yellow', line)),
        ]),
    ...(comparison.differences.length === 0 ? [] : [differences(comparison, labels, columns)]),
    table('measured', raw, comparison, labels, columns, say),
    ...(normalised.length === 0 ? [] : [table('normalised', normalised, comparison, labels, columns, say)]),
    [
      `Ratios are against ${labels[0] ?? 'the first run'}; better (✓), worse (✗) or cannot tell (?) by the whole interval; † is the generator's own send lag and is not judged.`,
      ratioNote,
    ]
      .flatMap((text) => hanging(text, columns, 2, 2))
      .map((line) => say('dim', line)),
  ]
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function differences(comparison: Comparison, labels: readonly string[], columns: number): readonly string[] {
  return [
    '  differs',
    ...comparison.differences.flatMap(({ what, texts }) =>
      hanging(
        `${tame(what)}: ${texts.map((text, i) => `${labels[i] ?? ''} ${tame(text ?? absent)}`).join(' | ')}`,
        columns,
        4,
        6,
      ),
    ),
  ]
}

function table(
  title: string,
  rows: readonly ComparedRow[],
  comparison: Comparison,
  labels: readonly string[],
  columns: number,
  say: typeof paint,
): readonly string[] {
  // on narrow terminals a mark stands for the word: the line below the tables explains it
  const narrow = columns < 100
  const most = narrow ? 24 : Math.floor(columns * 0.4)
  const names = { head: title, cells: rows.map((row) => cut(tame(rowName(comparison, row)), most)), left: true }
  const runs = labels.flatMap((head, i): readonly TableColumn[] => {
    const value = { head, cells: rows.map((row) => comparedText(row, row.runs[i])) }
    if (i === 0) return [value]
    const said = rows.map((row) => judged(row, row.ratios[i]))
    return [
      value,
      {
        head: 'ratio',
        cells: rows.map((row, r) => {
          const word = said[r] ?? 'unclear'
          const text = ratioText(row.ratios[i])
          return narrow ? `${text} ${judgedMarks[word]}` : `${text} ${judgedWords[word]}`
        }),
        style: (text, r) => (said[r] === 'unclear' ? text : say(said[r] === 'better' ? 'green' : 'red', text)),
      },
    ]
  })
  return textTable([names, ...runs], { indent: 2, columns, say })
}
