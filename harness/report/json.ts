/** JSON as it is written and printed. */
import type { Report } from '../model/report.ts'

/** `report.json`. */
export function json(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** What `--json` prints: always a list, so that a script need not ask how many there are. */
export function jsonList(list: readonly unknown[]): string {
  return `${JSON.stringify(list, undefined, 2)}\n`
}
