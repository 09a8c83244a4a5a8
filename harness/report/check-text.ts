/** A regression check for people: terminal and Markdown. */
import { answerWords, outcomeWords, type CheckRow, type ToldCheck } from '../model/check-report.ts'
import type { Finding } from '../model/report.ts'
import { quantity } from './format.ts'
import { answerText } from './headline.ts'
import { hanging, type TerminalOptions } from './terminal.ts'
import { md, table } from './markdown-text.ts'
import { fold, noPaint, outcomeMarks, outcomeStyles, remarkMark, paint, tame } from './style-text.ts'
import { textTable, type TableColumn } from './terminal-table.ts'
import type { Outcome } from '../model/report.ts'

/** How each answer is marked and coloured. */
export const checkOutcomes: Readonly<Record<CheckRow['answer'], Outcome>> = {
  worse: 'fail',
  'cannot tell': 'unknown',
  same: 'pass',
  better: 'pass',
}

export function checkTerminal(report: ToldCheck, options: TerminalOptions): string {
  const color = options.color ? paint : noPaint
  const outcomes = report.rows.map(({ answer }) => checkOutcomes[answer])
  const cells = report.rows.map((row, r) => {
    const [name = '', ...numbers] = [...cellsOf(row), answerWords(row)].map(tame)
    return [`${outcomeMarks[outcomes[r] ?? 'unknown']} ${name}`, ...numbers]
  })
  const table = textTable(
    ['', 'base', 'head', 'change', 'interval', 'answer'].map((head, c): TableColumn => ({
      head,
      cells: cells.map((row) => row[c] ?? ''),
      left: c === 0 || c === 5,
      // its mark says it too
      ...(c === 5 ? { weight: 1 } : {}),
      ...(c === 0
        ? { style: (text, r) => `${color(outcomeStyles[outcomes[r] ?? 'unknown'], text.slice(0, 1))}${text.slice(1)}` }
        : {}),
    })),
    { indent: 2, columns: options.columns, say: color },
  )
  const judged = new Set(report.rows.map(({ because }) => because))
  const others = report.verdict.findings.filter((finding) => finding.outcome !== 'pass' && !judged.has(finding.because))
  const { outcome } = report.verdict
  return [
    color('bold', tame(title(report))),
    ...fold(
      tame(
        `${report.kind === 'interleaved' ? `${report.pairs} pairs of blocks, interleaved` : 'two sessions'}: base ${report.base}, head ${report.head}`,
      ),
      options.columns,
    ),
    '',
    ...table,
    ...(report.rows.length === 0
      ? []
      : hanging(changeText(report), options.columns, 2, 4).map((text) => color('dim', text))),
    '',
    ...report.rows
      .filter(({ answer }) => answer !== 'same')
      .flatMap((row) => hanging(tame(`${nameOf(row)}: ${row.because}`), options.columns, 2, 4)),
    ...others.flatMap((finding) => hanging(tame(findingText(finding)), options.columns, 2, 4)),
    ...report.remarks.flatMap((finding) =>
      hanging(tame(`${remarkMark} ${findingText(finding)}`), options.columns, 2, 4),
    ),
    '',
    ...hanging(
      `${outcomeWords[outcome]}  ${tame(`${report.scenario}. ${answerText({ check: report }) ?? ''}`)}.`,
      options.columns,
      0,
      2,
    ).map((text, i) =>
      i === 0
        ? text.replace(outcomeWords[outcome], (word) => `${color([outcomeStyles[outcome], 'bold'], word)} `)
        : text,
    ),
  ].join('\n')
}

export function checkMarkdown(reports: readonly ToldCheck[]): string {
  return reports
    .map((report) => ({ report, rows: checkTable(report).slice(1), head: checkTable(report)[0] ?? [] }))
    .flatMap(({ report, rows, head }) => [
      `### ${outcomeMarks[report.verdict.outcome]} ${md(title(report))}: ${outcomeWords[report.verdict.outcome]}`,
      '',
      md(
        `base ${report.base}, head ${report.head}; ${report.kind === 'interleaved' ? `${report.pairs} interleaved pairs` : 'two sessions'}`,
      ),
      '',
      table(
        head,
        rows.map((row) => row.map(md)),
      ),
      '',
      ...(report.rows.length === 0 ? [] : [md(changeText(report)), '']),
      ...report.rows
        .filter(({ answer }) => answer !== 'same')
        .map((row) => `- ${md(`${nameOf(row)}: ${row.because}`)}`),
      ...report.verdict.findings
        .filter(({ rule, outcome }) => outcome !== 'pass' && rule !== 'check' && rule !== 'baseline')
        .map((finding) => `- ${md(findingText(finding))}`),
      ...report.remarks.map((finding) => `- ${remarkMark} ${md(findingText(finding))}`),
      '',
    ])
    .join('\n')
}

/** Heads first, then a line a row. */
export function checkTable({ rows }: Pick<ToldCheck, 'rows'>): readonly (readonly string[])[] {
  return [
    ['', 'base', 'head', 'change', 'interval', 'answer'],
    ...rows.map((row) => [...cellsOf(row), answerWords(row)]),
  ]
}

export function nameOf({ workload, metric, point }: Pick<CheckRow, 'workload' | 'metric' | 'point'>): string {
  return [workload, metric, point].filter((part) => part !== '').join(' ')
}

function title({ scenario, kind }: ToldCheck): string {
  return kind === 'interleaved' ? `check of ${scenario}` : `check of ${scenario} against its baseline`
}

/** Why the change is not what the two medians beside it give. */
function changeText({ kind }: ToldCheck): string {
  const pairs =
    kind === 'interleaved' ? 'pairs, each head against the base run beside it' : 'pairs of a block of each session'
  return `change: a median (Hodges–Lehmann) over ${pairs}; it need not follow from the two medians beside it.`
}

function findingText({ about, because }: Finding): string {
  return `${about}: ${because}`
}

function cellsOf(row: CheckRow): readonly string[] {
  const { unit, interval } = row
  const percent = (value: number | undefined) => {
    if (value === undefined) return '–'
    const share = unit === 'count' ? value : (value - 1) * 100
    const text = unit === 'count' ? String(Math.abs(share)) : `${Math.abs(share).toFixed(1)} %`
    return `${share < 0 ? '−' : '+'}${text}`
  }
  const range = interval === undefined ? '–' : `${percent(interval[0])} … ${percent(interval[1])}`
  return [nameOf(row), quantity(row.base, unit), quantity(row.head, unit), percent(row.change), range]
}
