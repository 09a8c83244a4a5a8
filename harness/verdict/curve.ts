/** The parts of a curve, made from trials and a report: the rates that were tried, the rungs of the ladder, and the verdict. */
import { known } from '../model/known.ts'
import { loadName, type Rung, type TriedRate } from '../model/curve.ts'
import { quantiles } from '../model/metric.ts'
import type { Finding, Report, Verdict } from '../model/report.ts'
import { mainTimes } from '../model/kinds/kind.ts'
import { broken, ladder, type CurvePoint, type SearchSettings, type Trial } from '../stats/knee.ts'
import { samplesFor } from '../stats/merge.ts'
import { blocksOf } from '../stats/rows.ts'
import { worst } from './judge.ts'

const p99Needs = samplesFor(quantiles.p99)

export const usualTrialMs = 1000
const longestTrialMs = 6000

/** Long enough for a p99 of the slowest workload. Where that would take more than 6 s, the usual time. */
export function trialMs(rates: readonly number[]): number {
  const wanted = Math.ceil((1.1 * 1000 * p99Needs) / Math.min(...rates))
  return wanted > longestTrialMs ? usualTrialMs : Math.max(usualTrialMs, wanted)
}

/** In the order in which they were first tried. */
export function ratesOf(trials: readonly Trial[], settings: SearchSettings): readonly TriedRate[] {
  return [...new Set(trials.map(({ perSecond }) => perSecond))].map((perSecond) => {
    const whys = trials.filter((trial) => trial.perSecond === perSecond).map((trial) => broken(trial, settings))
    const reasons = whys.filter((why) => why !== undefined)
    const kept = whys.length - reasons.length
    return { perSecond, trials: whys.length, kept, sustained: kept > reasons.length, reasons: [...new Set(reasons)] }
  })
}

/** The times that a rate is judged by: whichever a workload has. */
export const latencyMetrics = (quantile: 'p50' | 'p99') => mainTimes.map((time) => `${time}.${quantile}`)

/** Every share of the ladder that was measured, also without a p99. */
export function rungsOf(report: Report, sustainable: number): readonly Rung[] {
  const measured = new Set(report.plan.variants.map(({ name }) => name))
  const shares = ladder.filter((share) => measured.has(loadName(share)))
  return shares.map((share) => {
    const variant = loadName(share)
    const rows = report.summaries.filter((row) => row.variant === variant)
    const slowest = (quantile: 'p50' | 'p99') => {
      const told = rows.filter((row) => latencyMetrics(quantile).includes(row.metric) && row.lagged !== true)
      const most = Math.max(...told.flatMap(({ median }) => median ?? []))
      return Number.isFinite(most) ? most : undefined
    }
    const p50Ns = slowest('p50')
    const p99Ns = slowest('p99')
    const samples = fewestSamples(report, variant)
    const samplesNeeded = p99Ns === undefined && (samples ?? 0) < p99Needs ? p99Needs : undefined
    return {
      share,
      perSecond: sustainable * share,
      ...known({ p50Ns, p99Ns, samples, samplesNeeded }),
    }
  })
}

function fewestSamples(report: Report, variant: string): number | undefined {
  const totals = report.plan.scenario.workloads.flatMap(({ name }) =>
    mainTimes.flatMap((kind) => {
      const same = (each: Report['histograms'][number]) =>
        each.workload === name && each.name === kind && each.variant === variant
      const total = report.histograms.find(same)?.data.total
      return total === undefined ? [] : [total / Math.max(1, blocksOf(report, name, `${kind}.p99`, variant))]
    }),
  )
  return totals.length === 0 ? undefined : Math.round(Math.min(...totals))
}

/** The rungs with a p99; the knee is searched among them. */
export function pointsOf(rungs: readonly Rung[]): readonly CurvePoint[] {
  return rungs.flatMap(({ perSecond, p99Ns }) => (p99Ns === undefined ? [] : [{ perSecond, latencyNs: p99Ns }]))
}

/** Rules that a load above the sustainable rate breaks by its nature. */
const ofOverload = ['rate-kept', 'late', 'send-lag', 'steady', 'loss', 'slow-consumers', 'limit']

/** The run's verdict, without the findings that are expected on overloaded rungs. */
export function curveVerdict({ verdict }: Pick<Report, 'verdict'>): Verdict {
  const overloads = ladder.filter((share) => share > 1)
  const findings = verdict.findings
    .filter(({ outcome }) => outcome !== 'pass')
    .map((finding): Finding => {
      const share = overloads.find((each) => finding.about.endsWith(`[${loadName(each)}]`))
      if (share === undefined || !ofOverload.includes(finding.rule)) return finding
      const because = `${finding.because}. Expected: ${Math.round(share * 100)} % is more than can be sustained, so it does not count`
      return { ...finding, outcome: 'pass', because }
    })
  return { outcome: worst(findings.map(({ outcome }) => outcome)), findings }
}
