/** A regression check for machines: JUnit XML and the annotations of GitHub's workflow commands. */
import type { CheckReport, CheckRow } from '../model/check-report.ts'
import { nameOf } from './check-page.ts'

/** One test case a judged metric; `cannot tell` is a skipped case, for JUnit knows no third outcome. */
export function junit(reports: readonly CheckReport[]): string {
  const suites = reports.map((report) => {
    const cases = report.rows.map((row) => `    ${caseOf(report, row)}`)
    const failures = report.rows.filter(({ answer }) => answer === 'worse').length
    const skipped = report.rows.filter(({ answer }) => answer === 'cannot tell').length
    const counts = `tests="${report.rows.length}" failures="${failures}" skipped="${skipped}"`
    return [`  <testsuite name="${xml(report.scenario)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n')
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n')
}

function caseOf(report: CheckReport, row: CheckRow): string {
  const head = `<testcase classname="${xml(report.scenario)}" name="${xml(nameOf(row))}"`
  if (row.answer === 'worse') return `${head}><failure message="${xml(row.because)}"/></testcase>`
  if (row.answer === 'cannot tell') return `${head}><skipped message="${xml(row.because)}"/></testcase>`
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
