/** A regression check for machines: JUnit XML and the annotations of GitHub's workflow commands. */
import { answerOutcomes, nameOf, type CheckReport, type CheckRow } from '../model/check-report.ts'
import type { Finding, Outcome } from '../model/report.ts'
import { otherFindings } from './check-page.ts'

/**
 * One test case a judged metric, and one for each other finding that counts for the verdict: a broken limit must not be hidden
 * behind metrics that are the same. What cannot be told is a skipped case, for JUnit knows no third outcome.
 */
export function junit(reports: readonly CheckReport[]): string {
  const suites = reports.map((report) => {
    const cases = [...report.rows.map(caseOfRow), ...otherFindings(report).map(caseOfFinding)]
    const count = (wanted: Outcome) => cases.filter(({ outcome }) => outcome === wanted).length
    const counts = `tests="${cases.length}" failures="${count('fail')}" errors="0" skipped="${count('unknown')}"`
    const lines = cases.map((each) => `    ${caseText(report.scenario, each)}`)
    return [`  <testsuite name="${xml(report.scenario)}" ${counts}>`, ...lines, '  </testsuite>'].join('\n')
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n')
}

interface Case {
  readonly name: string
  readonly outcome: Outcome
  readonly because: string
}

function caseOfRow(row: CheckRow): Case {
  return { name: nameOf(row), outcome: answerOutcomes[row.answer], because: row.because }
}

function caseOfFinding({ about, rule, outcome, because }: Finding): Case {
  return { name: `${about} (${rule})`, outcome, because }
}

function caseText(scenario: string, { name, outcome, because }: Case): string {
  const head = `<testcase classname="${xml(scenario)}" name="${xml(name)}"`
  if (outcome === 'fail') return `${head}><failure type="fail" message="${xml(because)}"/></testcase>`
  if (outcome === 'unknown') return `${head}><skipped message="${xml(because)}"/></testcase>`
  return `${head}/>`
}

/** `::error` and `::warning` lines; percent, CR and LF are written as the runner wants them. */
export function annotations(reports: readonly CheckReport[]): string {
  return reports
    .flatMap((report) =>
      report.verdict.findings
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ outcome, about, because }) => {
          const level = outcome === 'fail' ? 'error' : 'warning'
          return `::${level} title=${property(`${report.scenario} ${about}`)}::${message(because)}\n`
        }),
    )
    .join('')
}

function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function xml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  // XML 1.0 allows no control characters but tab and line ends, not even escaped.
  const allowed = [...text].map((letter) => (/[\t\n\r]|\P{C}/u.test(letter) ? letter : '?')).join('')
  return allowed.replaceAll(/[&<>"']/g, (letter) => names[letter] ?? letter)
}
