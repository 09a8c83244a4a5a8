/** The page of a regression check. */
import { answerOutcomes, answerWords, nameOf, type CheckRow, type ToldCheck } from '../model/check-report.ts'
import { change, more } from '../model/change.ts'
import { remarks } from '../model/remarks.ts'
import type { Finding, Report } from '../model/report.ts'
import { absent, quantity } from './format.ts'
import { answerText } from './headline.ts'
import { outcomeWords } from './reading.ts'
import { columnsOf, findingRows, heading, item, note, only, sentence, type Page, type Row } from './rows.ts'
import { markdownText } from './rows-markdown.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'
import { outcomeMarks } from './style-text.ts'
import { count } from '../model/count.ts'

export function checkTerminal(check: ToldCheck, options: TerminalOptions): string {
  return terminalText(checkPage(check), options)
}

/** Several checks, for a pull request or job summary. */
export function checkMarkdown(checks: readonly ToldCheck[]): string {
  return markdownText(checks.flatMap(checkPage))
}

export function checkOf({ plan, verdict, health }: Report, check: NonNullable<Report['check']>): ToldCheck {
  return { scenario: plan.scenario.name, ...check, verdict, remarks: remarks(health) }
}

function checkPage(check: ToldCheck): Page {
  const { scenario, kind, verdict } = check
  const { outcome } = verdict
  const title = kind === 'interleaved' ? `check of ${scenario}` : `check of ${scenario} against its baseline`
  const [sides, numbers, reasons] = answer(check)
  return [
    [
      ...only(['terminal'], heading(1, title)),
      ...only(['markdown', 'html'], heading(3, `${outcomeMarks[outcome]} ${title}: ${outcomeWords[outcome]}`)),
      ...sides,
    ],
    numbers,
    [...reasons, ...findingRows([...otherFindings(check), ...check.remarks])],
    [{ kind: 'verdict', outcome, text: `${scenario}. ${answerText({ check }) ?? ''}.` }],
  ]
}

/** What counts for the verdict beside the judged metrics: limits, health. */
export function otherFindings({ rows, verdict }: Pick<ToldCheck, 'rows' | 'verdict'>): readonly Finding[] {
  const judged = new Set(rows.map(({ because }) => because))
  return verdict.findings.filter((finding) => finding.outcome !== 'pass' && !judged.has(finding.because))
}

/** What a run that was a check answers: part of its report. */
export function checkAnswer(check: NonNullable<Report['check']>): readonly Row[] {
  return [heading(2, 'Check'), ...answer(check).flat()]
}

function answer(check: NonNullable<Report['check']>): readonly [readonly Row[], readonly Row[], readonly Row[]] {
  const { rows, kind, pairs, base, head } = check
  const measured = kind === 'interleaved' ? `${count(pairs, 'pair')} of blocks, interleaved` : 'two sessions'
  const [names = { head: '', cells: [] }, ...numbers] = columnsOf(
    ['', 'base', 'head', 'change', 'interval', 'answer'],
    rows.map(cellsOf),
  )
  // the mark before the name says the answer too
  const columns = numbers.map((column) => (column.head === 'answer' ? { ...column, left: true, weight: 1 } : column))
  return [
    [sentence(`${measured}: base ${base}, head ${head}`)],
    rows.length === 0 ? [] : [{ kind: 'table', label: 'Answer', columns: [names, ...columns] }, note(changeText(kind))],
    rows.filter((row) => row.answer !== 'same').map((row) => item(`${nameOf(row)}: ${row.because}`)),
  ]
}

/** Why the change is not what the two medians beside it give. */
function changeText(kind: ToldCheck['kind']): string {
  const pairs =
    kind === 'interleaved' ? 'pairs, each head against the base run beside it' : 'pairs of a block of each session'
  return `change: a median (Hodges–Lehmann) over ${pairs}; it need not follow from the two medians beside it.`
}

function cellsOf(row: CheckRow) {
  const { unit, interval } = row
  const tone = answerOutcomes[row.answer]
  const write = unit === 'count' ? more : change
  const range = interval === undefined ? absent : `${write(interval[0])} … ${write(interval[1])}`
  const changed = row.change === undefined ? absent : write(row.change)
  const numbers = [quantity(row.base, unit), quantity(row.head, unit), changed, range]
  return [{ text: nameOf(row), mark: outcomeMarks[tone], tone }, ...numbers, { text: answerWords(row), tone }]
}
