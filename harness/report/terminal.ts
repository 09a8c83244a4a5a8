/** A Report for people in a terminal, whole, short or as its verdict alone. */
import type { Report } from '../model/report.ts'
import { checkOf, checkTerminal } from './check-page.ts'
import { curveOf, curveTerminal } from './curve-page.ts'
import { heading, sentence } from './rows.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'
import { runPage, toldRows, verdictRows } from './run-page.ts'

export type { TerminalOptions }

export function terminal(report: Report, options: TerminalOptions): string {
  return terminalText(runPage(report), options)
}

/** Of a check or curve its answer; of any other run its numbers. */
export function resultText(report: Report, options: TerminalOptions): string {
  const { check, curve } = report
  if (check !== undefined) return checkTerminal(checkOf(report, check), options)
  return curve === undefined ? terminal(report, options) : curveTerminal(curveOf(report, curve), options)
}

/** One scenario of several: what one must know, and the verdict with its numbers. */
export function terminalShort(report: Report, options: TerminalOptions): string {
  return terminalText([[heading(1, report.plan.scenario.name), ...toldRows(report), ...verdictRows(report)]], options)
}

/** The verdict alone. */
export function terminalQuiet(report: Report, options: TerminalOptions): string {
  return terminalText([[sentence(`${report.plan.scenario.name}:`), ...verdictRows(report)]], options)
}
