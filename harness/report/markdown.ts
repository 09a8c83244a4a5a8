/** `report.md`: a Report that reads well on GitHub, with a picture of the topology and the way to repeat it. */
import type { Report } from '../model/report.ts'
import { markdownText } from './rows-markdown.ts'
import { runPage } from './run-page.ts'

export function markdown(report: Report): string {
  return markdownText(runPage(report))
}
