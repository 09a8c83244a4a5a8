/** A Report for people in a terminal. Results only; fits 80 columns and uses more where there is more. */
import type { Finding, Report } from '../model/report.ts'
import {
  circumstances,
  limiterTexts,
  missingTails,
  outcomeWords,
  variantNames,
  workloadNames,
  remarks,
  worries,
} from './reading.ts'
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
  const page: Page = {
    report,
    columns: Math.min(160, Math.max(40, options.columns)),
    say: options.color ? paint : noPaint,
  }
  const table = variantNames(report).length > 1 ? variantTable : metricTable
  const parts = [
    head(page),
    ...workloadNames(report).map((name) => table(page, name)),
    notes(page),
    limiters(page),
    health(page),
    verdict(page),
  ]
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
    hanging(tame(text), columns - 10, 0, 0).map((line, i) => `  ${i === 0 ? say('bold', 'Limit') : '     '}   ${line}`),
  )
}

function health({ report, columns, say }: Page): readonly string[] {
  const { passed, open } = worries(report.health)
  const sum = `${passed} of ${report.health.length} checks passed`
  return [
    `  ${say('bold', 'Health')}  ${report.health.length === 0 ? 'nothing was checked' : sum}`,
    ...findings(open, columns, say),
    ...remarks(report.health).flatMap((finding) => item(remarkMark, 'yellow', finding, columns, say)),
  ]
}

function verdict({ report, columns, say }: Page): readonly string[] {
  const { outcome, findings: all } = report.verdict
  const known = new Set(report.health.filter((f) => f.outcome !== 'pass').map((f) => f.because))
  const { passed, open } = worries(all)
  const sum = all.length === 0 ? 'there was nothing to judge' : `${passed} of ${all.length} findings passed`
  const state =
    report.state === 'complete'
      ? []
      : hanging(`The run is ${report.state}: ${tame(report.because ?? 'no reason is recorded')}`, columns, 2, 4)
  return [
    ...state,
    `  ${say([outcomeStyles[outcome], 'bold'], outcomeWords[outcome])}  ${sum}`,
    ...findings(
      open.filter((f) => !known.has(f.because)),
      columns,
      say,
    ),
  ]
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
