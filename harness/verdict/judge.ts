/** Health and limits of one run → pass, unknown or fail. The worst finding counts; without any it is unknown, never pass. */
import { metrics } from '../model/metric.ts'
import type { Finding, Outcome, Report, Verdict } from '../model/report.ts'
import { judgeLimits } from './limits.ts'

const weight: Readonly<Record<Outcome, number>> = { pass: 0, unknown: 1, fail: 2 }

export function judge(report: Omit<Report, 'verdict'>): Verdict {
  return verdictOf([...report.health, ...judgeLimits(report)])
}

export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.length === 0) {
    const because = `there was nothing to look at: no health finding and no limit (${Object.keys(metrics).length} metrics known)`
    return { outcome: 'unknown', findings: [{ about: 'run', rule: 'nothing', outcome: 'unknown', because }] }
  }
  return { outcome: worst(findings.map(({ outcome }) => outcome)), findings }
}

export function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((most, each) => (weight[each] > weight[most] ? each : most), 'pass')
}
