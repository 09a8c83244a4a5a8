/** A Report in a few hundred bytes, for the index of all runs. */
import type { HistoryEntry } from '../model/history.ts'
import { isShown } from '../model/metric.ts'
import type { Report } from '../model/report.ts'
import { quantity } from './format.ts'

const mostMetrics = 40

/** `link`: path of its report.html, relative to the index. */
export function historyEntry(report: Report, link: string): HistoryEntry {
  const { plan, facts } = report
  const { host } = facts
  // Of a board by its device tree; a Rock64 and a Raspberry Pi have the same cores.
  const board = host.settings['hw.fdt.model'] ?? ''
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
    ...answerOf(report),
    metrics: report.summaries
      .filter((s) => isShown('history', s.metric) && s.lagged !== true)
      .flatMap(({ workload, variant, metric, unit, better, median, interval }) =>
        median === undefined
          ? []
          : [{ workload, variant, metric, unit, better, median, ...(interval === undefined ? {} : { interval }) }],
      )
      .slice(0, mostMetrics),
    link,
  }
}

function answerOf({ check, curve }: Report): Pick<HistoryEntry, 'answer'> {
  if (curve !== undefined) return { answer: `highest sustainable rate ${quantity(curve.sustainable, 'msg/s')}` }
  if (check === undefined) return {}
  const counts = (['worse', 'cannot tell', 'better', 'same'] as const).flatMap((answer) => {
    const count = check.rows.filter((row) => row.answer === answer).length
    return count === 0 ? [] : [`${count} ${answer}`]
  })
  return {
    answer: `base ${check.base}, head ${check.head}: ${counts.length === 0 ? 'nothing judged' : counts.join(', ')}`,
  }
}
