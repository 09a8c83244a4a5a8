/** A Comparison in a terminal: what differs, what is unfair, then a row a metric and a column a run. */
import type { ComparedRow, Comparison } from '../model/comparison.ts'
import { comparedText, judged, judgedWords, ratioText, rowName, runText } from './comparing.ts'
import { absent } from './format.ts'
import { cut, noPaint, padEnd, padStart, paint, tame, width } from './style-text.ts'
import { hanging } from './terminal.ts'
import type { TerminalOptions } from './terminal.ts'

/** Why a ratio is not what the two medians beside it give. */
export const ratioNote =
  'ratio: a median (Hodges–Lehmann) over pairs of a block of each run; it need not follow from the two medians beside it.'

export function compareTerminal(comparison: Comparison, { color, columns: wanted }: TerminalOptions): string {
  const columns = Math.min(200, Math.max(60, wanted))
  const say = color ? paint : noPaint
  const labels = comparison.runs.map((r) => cut(tame(r.label), 28))
  const raw = comparison.rows.filter((r) => r.per === undefined)
  const normalised = comparison.rows.filter((r) => r.per !== undefined)
  const parts = [
    comparison.runs.map((r, i) => `${say('bold', labels[i] ?? '')}  ${tame(runText(r))}`),
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
      `Ratios are against ${labels[0] ?? 'the first run'}; better, worse or cannot tell by the whole interval; † is the generator's own send lag and is not judged.`,
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
  const cells = rows.map((row) => [
    tame(rowName(comparison, row)),
    ...row.runs.flatMap((value, i) => [
      comparedText(row, value),
      ...(i === 0 ? [] : [`${ratioText(row.ratios[i])} ${judgedWords[judged(row, row.ratios[i])]}`]),
    ]),
  ])
  const head = [title, ...labels.flatMap((name, i) => [name, ...(i === 0 ? [] : ['ratio'])])]
  const most = Math.max(20, Math.floor(columns * 0.4))
  const rooms = head.map((text, c) =>
    Math.min(c === 0 ? most : 40, Math.max(width(text), ...cells.map((row) => width(row[c] ?? '')))),
  )
  const line = (texts: readonly string[], styled: (text: string, column: number) => string): string =>
    `  ${texts
      .map((text, c) => styled((c === 0 ? padEnd : padStart)(cut(text, rooms[c] ?? 0), rooms[c] ?? 0), c))
      .join('  ')}`.trimEnd()
  return [
    say(
      'dim',
      line(head, (text) => text),
    ),
    ...cells.map((texts, r) =>
      line(texts, (text, column) => {
        const row = rows[r]
        // columns: name, first run, then pairs of number and ratio
        if (row === undefined || column < 3 || column % 2 === 0) return text
        const said = judged(row, row.ratios[(column - 1) / 2])
        return said === 'unclear' ? text : say(said === 'better' ? 'green' : 'red', text)
      }),
    ),
  ]
}
