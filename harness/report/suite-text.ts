/** How a suite closes: a line a scenario, and one sentence over all of them. */
import { listed } from '../model/listed.ts'
import type { Outcome, Report } from '../model/report.ts'
import { absent } from './format.ts'
import { headlineSummaries, headlineVariant } from './headline.ts'
import { medianText, outcomeWords, variantNames } from './reading.ts'
import { sentence, type Column } from './rows.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'
import { cut, tame } from './style-text.ts'

export interface SuiteEntry {
  readonly scenario: string
  /** Absent where it did not come to a recording. */
  readonly report?: Report
  /** What ended it early, or kept it from running. */
  readonly error?: { readonly message: string }
}

const known = [...(['pass', 'fail', 'unknown'] as const), 'not run'] as const
type State = (typeof known)[number]

const words: Readonly<Record<State, string>> = { ...outcomeWords, 'not run': 'NOT RUN' }
const tones: Readonly<Record<State, Outcome>> = { pass: 'pass', fail: 'fail', unknown: 'unknown', 'not run': 'fail' }
const counted: Readonly<Record<State, readonly [one: string, many: string]>> = {
  pass: ['passes', 'pass'],
  fail: ['fails', 'fail'],
  unknown: ['cannot tell', 'cannot tell'],
  'not run': ['was not run', 'were not run'],
}

const stateOf = ({ report }: SuiteEntry): State => report?.verdict.outcome ?? 'not run'

/** Ends with a newline. */
export function suiteText(entries: readonly SuiteEntry[], options: TerminalOptions): string {
  const states = entries.map(stateOf)
  const numbers = entries.map(({ report }) => headline(report))
  const heads = ['throughput', 'p50', 'p99', 'variant']
  const columns: readonly Column[] = [
    { head: 'scenario', cells: entries.map(({ scenario }) => scenario) },
    { head: 'verdict', cells: states.map((state) => ({ text: words[state], tone: tones[state] })), left: true },
    ...heads
      .map((head, i) => ({ head, cells: numbers.map((cells) => cells[i] ?? ''), weight: i + 1 }))
      .filter(({ cells }) => cells.some((cell) => cell !== '')),
  ]
  return terminalText(
    [[{ kind: 'table', label: 'Suite', indent: 0, columns }], [sentence(suiteSentence(entries))]],
    options,
  )
}

/** `7 of 8 pass, 1 cannot tell: payload-sizes, because …` */
export function suiteSentence(entries: readonly SuiteEntry[]): string {
  const groups = known.flatMap((state) => {
    const of = entries.filter((entry) => stateOf(entry) === state)
    if (of.length === 0) return []
    const number = state === 'pass' ? `${of.length} of ${entries.length}` : String(of.length)
    const said = `${number} ${counted[state][of.length === 1 ? 0 : 1]}`
    return state === 'pass' ? [said] : [`${said}: ${reasons(of).join('; ')}`]
  })
  const none = entries.some((entry) => stateOf(entry) === 'pass') ? [] : [`none of ${entries.length} passes`]
  return [...none, ...groups].join(', ')
}

/** Those that say it by the same rule are named together, with the words of the first. */
function reasons(entries: readonly SuiteEntry[]): string[] {
  const alike = Map.groupBy(entries.map(reason), ({ rule }) => rule)
  return [...alike.values()].map((same) => {
    const names = same.map(({ scenario }) => scenario)
    const others = names.length === 1 ? '' : ` (${names[0]}; much the same in the others)`
    return tame(`${listed(names, 'and')}, because ${same[0]?.because}${others}`)
  })
}

function reason({ scenario, report, error }: SuiteEntry) {
  const outcome: Outcome | undefined = report?.verdict.outcome
  const finding = report?.verdict.findings.find((each) => each.outcome === outcome)
  const said = finding === undefined ? 'nothing was judged' : `${finding.about}: ${seen(finding.because)}`
  return { scenario, because: error?.message ?? said, rule: error?.message ?? finding?.rule ?? '' }
}

/** What was seen and wanted. What it means and what to do next stands in the scenario's own report. */
function seen(because: string): string {
  const [told = ''] = /^(cannot tell: )?([^(:;.]|\([^)]{0,200}\)|[:;.](?! )|\()*/.exec(because) ?? []
  return told.replace(/[:;.]$/, '')
}

function headline(report: Report | undefined): readonly string[] {
  if (report === undefined) return [absent, absent, absent]
  const cells = headlineSummaries(report).map(medianText)
  return variantNames(report).length > 1 ? [...cells, cut(tame(headlineVariant(report)), 30)] : cells
}
