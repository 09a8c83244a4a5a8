/** What every writer looks up in a Report: one place that knows where a number stands and why one is missing. */
import { mainTimes, type MainTime } from '../model/kinds/kind.ts'
import { sizeWords } from '../model/kinds/parts.ts'
import type { Arrivals, Workload } from '../model/scenario.ts'
import type { Finding, NamedHistogram, Outcome, Report, Summary } from '../model/report.ts'
import { histogramNamed, metricNamed, quantiles } from '../model/metric.ts'
import { rateWords } from '../model/paced.ts'
import { made } from '../stats/made.ts'
import { samplesFor } from '../stats/merge.ts'
import { blocksOf, summaryOf } from '../stats/rows.ts'
import { streamWords } from './streams.ts'
import { absent, asGiven, grouped, quantity, range, secondsText } from './format.ts'
import { count } from '../model/count.ts'

/** What is not in the table follows in its own order. */
const rank = (metric: string): number => metricNamed(metric)?.rank ?? Number.MAX_SAFE_INTEGER

export { outcomeWords } from '../model/check-report.ts'
export { summaryOf }

/** The floor under a workload's latency: its own where it has one, else the one of the variant's probe. */
export function floorOf(report: Report, workload: string, quantile: string, variant: string): Summary | undefined {
  const metric = `floor.${quantile}`
  return (
    summaryOf(report, workload, metric, variant) ??
    report.summaries.find((s) => s.metric === metric && s.variant === variant)
  )
}

export function histogramOf(
  report: Report,
  workload: string,
  name: string,
  variant: string,
): NamedHistogram | undefined {
  return report.histograms.find((h) => h.workload === workload && h.name === name && h.variant === variant)
}

/** Names of the workloads with numbers, in the scenario's order. */
export function workloadNames(report: Report): readonly string[] {
  const known = report.plan.scenario.workloads.map((w) => w.name)
  const others = report.summaries.map((s) => s.workload).filter((name) => !known.includes(name) && name !== 'floor')
  return [...new Set([...known, ...others])]
}

/** The names of the variants in the order in which they were asked for. */
export function variantNames(report: Report): readonly string[] {
  return report.plan.variants.map((v) => v.name)
}

/** Metrics measured for a workload, in the order in which they are shown. */
export function metricNames(report: Report, workload: string): readonly string[] {
  const names = report.summaries.filter((s) => s.workload === workload).map((s) => s.metric)
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b))
}

/** Which latency a workload has, if any. */
export function latencyOf(report: Report, workload: string): MainTime | undefined {
  const names = metricNames(report, workload)
  return mainTimes.find((name) => names.includes(`${name}.p50`))
}

/** Why percentiles are missing: one sentence a percentile, naming whom it misses; nothing is left blank without its reason. */
export function missingTails(report: Report): readonly string[] {
  const missing = new Map<string, Map<string, number | undefined>>()
  for (const s of report.summaries) {
    if (s.median !== undefined) continue
    const [name = '', ...rest] = s.metric.split('.')
    const needs = tailNeeds(rest.join('.'))
    const reason =
      needs === undefined
        ? `${s.metric} is not known`
        : s.partly !== undefined && s.partly > 0
          ? `${rest.join('.')} is withheld where not every block has the ${grouped(needs)} samples that it needs`
          : `${rest.join('.')} needs ${grouped(needs)} samples a block`
    const who = s.workload === name ? name : `${s.workload} ${timeLabel(name)}`
    const total = histogramOf(report, s.workload, histogramNamed(name), s.variant)?.data.total
    const blocks = blocksOf(report, s.workload, s.metric, s.variant)
    const whom = made(missing, reason, () => new Map<string, number | undefined>())
    const has = total === undefined || (s.partly ?? 0) > 0 ? undefined : Math.round(total / Math.max(1, blocks))
    const before = whom.get(who)
    whom.set(who, has === undefined || (before !== undefined && before < has) ? before : has)
  }
  const reasons = [...missing].map(([reason, whom]) => {
    const all = [...whom].map(([who, has]) => (has === undefined ? who : `${who} has ${grouped(has)}`))
    return `${reason}: ${all.slice(0, 4).join(', ')}${all.length > 4 ? ` and ${all.length - 4} more` : ''}`
  })
  return [...reasons, ...lagNote(report)]
}

/** `send lag`, as tables say it. */
function timeLabel(family: string): string {
  return metricNamed(`${family}.p50`)?.label.replace(/ p50$/, '') ?? family
}

function lagNote({ summaries }: Report): readonly string[] {
  const all = [
    ...new Set(
      summaries.flatMap((s) => (s.lagged === true && s.median !== undefined ? [`${s.workload} ${s.metric}`] : [])),
    ),
  ]
  if (all.length === 0) return []
  return [
    `${lagMark} more than half of it is the generator's own send lag, so it says nothing about the server, and no limit, check or comparison judges it: ${all.slice(0, 4).join(', ')}${all.length > 4 ? ` and ${all.length - 4} more` : ''}`,
  ]
}

/** Samples that leave ten beyond the quantile; undefined for what is not a quantile. */
function tailNeeds(quantile: string): number | undefined {
  const share = (quantiles as Readonly<Record<string, number>>)[quantile]
  return share === undefined ? undefined : samplesFor(share)
}

/** Where and on what, in parts: substrate, system, cores, server, length, a rate that was set. */
export function circumstances(report: Report): readonly string[] {
  const { plan, facts } = report
  const { host } = facts
  const versions = [
    ...new Set(facts.servers.map((s) => `nats-server ${s.version} (${s.origin.replace(/ \(.*/s, '')})`)),
  ]
  const measure = plan.variants[0]?.phases.measureMs
  const repeats = Math.max(1, ...plan.blocks.map((b) => b.repeat + 1))
  return [
    `${plan.substrate} on ${plan.host}`,
    `${host.os} ${host.kernel} ${host.arch}`,
    ...(host.cores === undefined ? [] : [count(host.cores, 'core')]),
    ...versions,
    ...streamWords(facts),
    ...(measure === undefined ? [] : [`${count(repeats, 'block')} of ${secondsText(measure / 1000)}`]),
    ...rateWords(plan),
  ]
}

const arrivalWords: { readonly [K in Arrivals['kind']]: (a: Extract<Arrivals, { kind: K }>) => string } = {
  constant: (a) => `${asGiven(a.perSecond)}/s constant`,
  poisson: (a) => `${asGiven(a.perSecond)}/s poisson`,
  burst: (a) => `${asGiven(a.perSecond)}/s in bursts of ${grouped(a.size)}`,
  staircase: (a) => `${asGiven(a.from)} … ${asGiven(a.to)}/s in ${count(a.steps, 'step')}`,
  closed: (a) => `${grouped(a.inFlight)} in flight`,
  flood: () => 'flood',
}

/** `publish on send to hub, 128 B, flood`; what the variants change is left out. */
export function workloadText(workload: Workload, report: Report): string {
  const changed = report.plan.variants.flatMap((v) => Object.keys(v.set).map((path) => path.split('.')))
  const varies = (part: string): boolean =>
    changed.some(([top, name, field]) => top === 'workloads' && name === workload.name && field === part)
  const parts = [`${workload.kind} on ${workload.on} to ${workload.to}`]
  if ('payload' in workload && workload.payload !== undefined && !varies('payload'))
    parts.push(sizeWords(workload.payload, grouped))
  if ('arrivals' in workload && !varies('arrivals')) {
    // the table's entry for a kind takes exactly that kind; TypeScript cannot see the pairing
    const words = arrivalWords[workload.arrivals.kind] as (a: Arrivals) => string
    parts.push(words(workload.arrivals))
  }
  if ('window' in workload && !varies('window')) parts.push(`window ${grouped(workload.window)}`)
  if ('queue' in workload && workload.queue !== undefined) parts.push(`queue ${workload.queue}`)
  if (workload.connections > 1) parts.push(`${workload.connections} connections`)
  if (workload.engine !== 'wire') parts.push(`engine ${workload.engine}`)
  return parts.join(', ')
}

/** What is not well, worst first. */
export function worries(findings: readonly Finding[]): readonly Finding[] {
  const weight: Readonly<Record<Outcome, number>> = { fail: 0, unknown: 1, pass: 2 }
  return findings.filter((f) => f.outcome !== 'pass').sort((a, b) => weight[a.outcome] - weight[b.outcome])
}

export { isRemark, remarks } from '../model/remarks.ts'

/** Behind a percentile that is the generator's own lag; `missingTails` says what it means. */
export const lagMark = '†'

/** The median, or the dash. */
export function medianText(summary: Pick<Summary, 'median' | 'unit' | 'lagged'> | undefined): string {
  if (summary === undefined) return absent
  const text = quantity(summary.median, summary.unit)
  return summary.lagged === true && summary.median !== undefined ? `${text} ${lagMark}` : text
}

/** As `medianText`, but of a count that is not the same in all blocks its least and most: a median would hide a loss in one of them. */
export function toldText(summary: Summary | undefined): string {
  if (summary?.unit !== 'count' || summary.min === undefined || summary.max === undefined) return medianText(summary)
  return summary.min === summary.max ? medianText(summary) : range([summary.min, summary.max], 'count')
}

/** `95 %`, from what the summaries say; undefined where they disagree or say nothing. */
export function confidenceText(summaries: readonly Summary[]): string | undefined {
  const all = [
    ...new Set(summaries.flatMap((s) => (s.confidence === undefined ? [] : [Math.round(s.confidence * 100)]))),
  ]
  return all.length === 1 ? `${all[0]} %` : undefined
}

/** What set the numbers, in words; variants that met the same limit share a sentence. */
export function limiterTexts(report: Report): readonly string[] {
  const met = new Map<string, string[]>()
  const several = report.bottlenecks.length > 1
  for (const b of report.bottlenecks) {
    const whole = `${b.limiter}: ${b.because}`
    // the figures differ from variant to variant, the reason often does not; every variant's figures are in the table of nodes
    const text = several ? whole.replace(/[.;] (CPU of one core: .*|No CPU figures)$/i, '') : whole
    met.set(text, [...(met.get(text) ?? []), b.variant])
  }
  return [...met].map(([text, variants]) => {
    if (!several) return text
    return variants.length === report.bottlenecks.length
      ? `all variants: ${text}`
      : `${variants.slice(0, 6).join(', ')}${variants.length > 6 ? ` and ${variants.length - 6} more` : ''}: ${text}`
  })
}

/** The floor's histogram of a variant, whoever measured it. */
export function floorHistogramOf(report: Report, workload: string, variant: string): NamedHistogram | undefined {
  return (
    histogramOf(report, workload, 'floor', variant) ??
    report.histograms.find((h) => h.name === 'floor' && h.variant === variant)
  )
}

/** At most `most` of a list, first and last among them, evenly from between. */
export function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]).filter(
    (item) => item !== undefined,
  )
}
