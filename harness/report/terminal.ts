/** A Report for people in a terminal. Results only; fits 80 columns and uses more where there is more. */
import type { Finding, Report } from '../model/report.ts'
import { circumstances, limiterTexts, missingTails, outcomeWords, variantNames, workloadNames } from './reading.ts'
import { toldFindings, verdictText } from './headline.ts'
import { cut, fold, noPaint, outcomeMarks, outcomeStyles, paint, remarkMark, tame } from './style-text.ts'
import type { Paint } from './style-text.ts'
import { metricTable } from './terminal-metrics.ts'
import { variantTable } from './terminal-variants.ts'

export interface TerminalOptions {
  readonly color: boolean
  readonly columns: number
}

/** What the parts of the page share. */
export interface Page {
  readonly report: Report
  readonly columns: number
  readonly say: Paint
}

export function terminal(report: Report, options: TerminalOptions): string {
  const page = pageOf(report, options)
  const table = variantNames(report).length > 1 ? variantTable : metricTable
  return sections([
    head(page),
    ...workloadNames(report).map((name) => table(page, name)),
    notes(page),
    limiters(page),
    told(page),
    verdict(page),
  ])
}

/** One scenario of several: what one must know, and the verdict with its numbers. */
export function terminalShort(report: Report, options: TerminalOptions): string {
  const page = pageOf(report, options)
  return sections([
    [page.say('bold', cut(tame(report.plan.scenario.name), page.columns)), ...told(page), ...verdict(page)],
  ])
}

/** The verdict alone. */
export function terminalQuiet(report: Report, options: TerminalOptions): string {
  const page = pageOf(report, options)
  return sections([hanging(`${tame(report.plan.scenario.name)}:`, page.columns, 0, 2), verdict(page)]).replace(
    ':\n\n',
    ':\n',
  )
}

function pageOf(report: Report, { color, columns }: TerminalOptions): Page {
  return { report, columns: Math.min(160, Math.max(40, columns)), say: color ? paint : noPaint }
}

function sections(parts: readonly (readonly string[])[]): string {
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`
}

function head({ report, columns, say }: Page): readonly string[] {
  const { scenario } = report.plan
  const lines = fold(`${tame(scenario.name)}: ${tame(scenario.about)}`, columns).map((line, i) =>
    i === 0 ? `${say('bold', line.slice(0, scenario.name.length + 1))}${line.slice(scenario.name.length + 1)}` : line,
  )
  return [...lines, ...fold(tame(circumstances(report).join(' · ')), columns).map((line) => say('dim', line))]
}

function notes({ report, columns, say }: Page): readonly string[] {
  const reasons = missingTails(report)
  const shown = reasons.slice(0, 4)
  const rest = reasons.length - shown.length
  return [...shown, ...(rest > 0 ? [`and ${rest} more like these`] : [])]
    .flatMap((text) => hanging(`– ${tame(text)}`, columns, 2, 4))
    .map((line) => say('dim', line))
}

function limiters({ report, columns, say }: Page): readonly string[] {
  return limiterTexts(report).flatMap((text) =>
    hanging(`Bottleneck  ${tame(text)}`, columns, 2, 4).map((line, i) =>
      i === 0 ? line.replace('Bottleneck', say('bold', 'Bottleneck')) : line,
    ),
  )
}

/** What one must know beside the numbers; how the run ended early is said in the verdict. */
function told({ report, columns, say }: Page): readonly string[] {
  const { open, said } = toldFindings(report)
  return [
    ...findings(
      open.filter(({ rule }) => rule !== 'complete'),
      columns,
      say,
    ),
    ...said.flatMap((finding) => item(remarkMark, 'yellow', finding, columns, say)),
  ]
}

function verdict({ report, columns, say }: Page): readonly string[] {
  const { outcome } = report.verdict
  const word = outcomeWords[outcome]
  return hanging(`${word}  ${tame(verdictText(report))}`, columns, 0, 2).map((line, i) =>
    i === 0 ? say([outcomeStyles[outcome], 'bold'], word) + line.slice(word.length).replace(/^ /, '  ') : line,
  )
}

function findings(list: readonly Finding[], columns: number, say: Paint): readonly string[] {
  return list.flatMap((f) => item(outcomeMarks[f.outcome], outcomeStyles[f.outcome], f, columns, say))
}

function item(
  mark: string,
  style: 'green' | 'yellow' | 'red',
  finding: Finding,
  columns: number,
  say: Paint,
): readonly string[] {
  return hanging(findingText(mark, finding), columns, 4, 6).map((line, i) =>
    i === 0 ? line.replace(/\S/u, (first) => say(style, first)) : line,
  )
}

/** One line, not yet folded. */
export function findingText(mark: string, { about, rule, because }: Finding): string {
  return `${mark} ${tame(about)} (${tame(rule)}): ${tame(because)}`
}

/** Folded text with a first and a further indentation. */
export function hanging(text: string, columns: number, first: number, further: number): readonly string[] {
  const room = columns - Math.max(first, further)
  return fold(text, room).map((line, i) => cut(`${' '.repeat(i === 0 ? first : further)}${line}`, columns))
}
