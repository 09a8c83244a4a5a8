/** `report.json`: what `--json` prints; several reports become a list. */
import type { Report } from '../model/report.ts'

export function json(report: Report | readonly Report[]): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}
