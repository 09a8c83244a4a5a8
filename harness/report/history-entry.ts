/** A Report in a few hundred bytes, for the index of all runs. */
import type { HistoryEntry } from '../model/history.ts'
import { known } from '../model/known.ts'
import { isShown } from '../model/metric.ts'
import type { Report } from '../model/report.ts'
import { answerText, headlineText } from './headline.ts'

const mostMetrics = 40

/** `link`: path of its report.html, relative to the index. */
export function historyEntry(report: Report, link: string): HistoryEntry {
  const { plan, facts } = report
  const { host } = facts
  // Of a board by its device tree; a Rock64 and a Raspberry Pi have the same cores.
  const board = host.settings['hw.fdt.model'] ?? ''
  const answer = answerText(report) ?? headlineText(report)
  return {
    schema: 1,
    run: report.run,
    at: report.at,
    scenario: plan.scenario.name,
    substrate: plan.substrate,
    host: `${host.hostname ?? host.name} (${[board, host.os, host.kernel, host.arch].join(' ').trim()})`,
    version: [...new Set(facts.servers.map((s) => s.version))].join(', '),
    digest: plan.digest,
    state: report.state,
    outcome: report.verdict.outcome,
    answer,
    metrics: report.summaries
      .filter((s) => isShown('history', s.metric) && s.lagged !== true)
      .flatMap(({ workload, variant, metric, unit, better, median, interval }) =>
        median === undefined ? [] : [{ workload, variant, metric, unit, better, median, ...known({ interval }) }],
      )
      .slice(0, mostMetrics),
    link,
  }
}
