/** The tiles of the first screen: what failed first, each with the workload that it is of. */
import type { Finding, Report, Summary, Unit } from '../model/report.ts'
import type { Limit } from '../model/scenario.ts'
import { absent, quantity, range, tick } from './format.ts'
import { mainWorkload } from './headline.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf } from './methods.ts'
import { confidenceText, floorOf, latencyOf, summaryOf, toldText, workloadNames, worries } from './reading.ts'
import { outcomeMarks } from './style-text.ts'
import { metricLabel } from './run-numbers.ts'
import { count } from '../model/count.ts'

/** A tile of the first screen: its metric, and the workload it is of. */
interface Tile {
  readonly workload: string
  readonly metric: string
}

/** What failed first; then throughput of who receives, its latency with the floor under it, cost and loss. */
export function headlineTiles(report: Report, variant: string): readonly Markup[] {
  const names = workloadNames(report)
  const main = mainWorkload(report)
  const latency = latencyOf(report, main) ?? 'latency'
  const floor = floorOf(report, main, 'p50', variant)
  const publisher = names.find((name) => summaryOf(report, name, 'sendLag.p99', variant) !== undefined)
  const usual: readonly Tile[] = [
    ...['throughput', ...['p50', 'p99', 'p99.9'].map((q) => `${latency}.${q}`)].map((metric) => ({
      workload: main,
      metric,
    })),
    ...(publisher === undefined ? [] : [{ workload: publisher, metric: 'sendLag.p99' }]),
    { workload: main, metric: 'cpu.server' },
    { workload: main, metric: 'loss' },
  ]
  const judged = report.plan.scenario.limits.flatMap((limit) => judgedLimit(report, limit, variant) ?? [])
  const failing = judged.filter(({ found }) => found.outcome === 'fail').map(({ limit }) => limit)
  const key = ({ workload, metric }: Tile): string => `${workload} ${metric}`
  const all = new Map([...failing, ...usual].map((each) => [key(each), each]))
  return [...all.values()].flatMap((each) => {
    const summary = summaryOf(report, each.workload, each.metric, variant)
    const limit = judged.find((one) => key(one.limit) === key(each))
    const below = floor?.median !== undefined && each.metric === `${latency}.p50` && each.workload === main
    return tile(each, summary, limit, below ? `floor ${quantity(floor.median, floor.unit)}` : undefined) ?? []
  })
}

interface Judged {
  readonly limit: Limit
  readonly found: Finding
}

/** What was found of a limit, of its two sides the worse. */
function judgedLimit(report: Report, limit: Limit, variant: string): Judged | undefined {
  const about = `${limit.workload} ${limit.metric}`
  const found = report.verdict.findings.filter(
    (f) => f.rule === 'limit' && (f.about === about || f.about === `${about} [${variant}]`),
  )
  const worst = worries(found)[0] ?? found[0]
  return worst === undefined ? undefined : { limit, found: worst }
}

/** `at most 5 ms`. */
function boundText({ atMost, atLeast }: Limit, unit: Unit): string {
  const text = (word: string, value: number | string | undefined): readonly string[] =>
    value === undefined ? [] : [`${word} ${typeof value === 'number' ? tick(value, unit) : value}`]
  return [...text('at least', atLeast), ...text('at most', atMost)].join(', ')
}

function tile(
  { workload, metric }: Tile,
  summary: Summary | undefined,
  limit: Judged | undefined,
  further: string | undefined,
): Markup | undefined {
  if (summary === undefined) return undefined
  const { unit, interval, confidence } = summary
  const written = toldText(summary)
  const [number = absent, ...sign] = unit === 'count' ? [written] : written.split(' ')
  const text =
    unit === 'count'
      ? ''
      : summary.median === undefined
        ? 'not known, see below'
        : interval === undefined
          ? `${count(summary.blocks, 'block')}, no interval`
          : range(interval, unit)
  const sure =
    confidence === undefined || unit === 'count' ? undefined : h` <span>(${confidenceText([summary])})</span>`
  const bound =
    limit === undefined
      ? undefined
      : h`<span class="bound ${limit.found.outcome}">${outcomeMarks[limit.found.outcome]} ${boundText(limit.limit, unit)}</span>`
  return h`<a class="tile${limit?.found.outcome === 'fail' ? ' failing' : ''}" href="#m-${methodOf(metric)}"><span class="name">${workload} ${metricLabel(metric)}</span><span class="number">${number} <small>${sign.join(' ')}</small></span><span class="interval"><span>${text}</span>${sure}</span>${bound}${further === undefined ? undefined : h`<span class="interval">${further}</span>`}</a>`
}
