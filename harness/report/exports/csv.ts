/** One line a value, one value a block: for spreadsheets, R and pandas. RFC 4180, with a line of names and CRLF. */
import type { Report } from '../../model/report.ts'
import { beganAt } from './place.ts'

const names = [
  'run',
  'at',
  'scenario',
  'substrate',
  'host',
  'workload',
  'metric',
  'unit',
  'better',
  'variant',
  'block',
  'value',
  'low',
  'high',
  'lagged',
] as const

/** Values that cannot be told are empty fields. `low` and `high`: the interval of a quantile within its block. `lagged`: the generator's own send lag decides it. */
export function csv(report: Report): string {
  const { run, plan, facts } = report
  const head = [run, beganAt(report) ?? '', plan.scenario.name, plan.substrate, facts.host.hostname ?? facts.host.name]
  const rows = report.measurements.flatMap(({ workload, metric, unit, better, values }) =>
    values.map(({ variant, block, value, interval, lagged }) =>
      [...head, workload, metric, unit, better, variant]
        .map(text)
        .concat([block, value, ...(interval ?? ['', ''])].map(number))
        .concat(lagged === true ? 'yes' : ''),
    ),
  )
  return [names, ...rows].map((row) => `${row.join(',')}\r\n`).join('')
}

/**
 * Spreadsheets run what begins with `=`, `+`, `-` or `@`; a quote mark in front makes it text (OWASP, "CSV injection").
 * Control characters other than tabs and line ends, which quoting carries, become `�`.
 */
function text(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  const plain = value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '�')
  const safe = /^[=+\-@\t\r\n]/.test(plain) ? `'${plain}` : plain
  return /[",\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function number(value: number | string | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}
