/** The limits that a scenario sets, judged by the medians over blocks and their intervals. */
import { durationNs } from '../model/units.ts'
import { metricNamed } from '../model/metric.ts'
import type { Limit } from '../model/scenario.ts'
import type { Finding, Report, Summary } from '../model/report.ts'
import { fewestForInterval } from '../stats/order.ts'
import { blocksWithout, isOfGenerator, lagWords, moreBlocks, sided } from './bound.ts'
import { amount, digitsApart } from './words.ts'
import { count } from '../model/count.ts'

type Judged = Omit<Report, 'verdict'>
type Bound = { readonly kind: 'at most' | 'at least'; readonly wanted: number }

export function judgeLimits(report: Judged): Finding[] {
  return report.plan.scenario.limits.flatMap((limit) => judgeLimit(report, limit))
}

function judgeLimit(report: Judged, limit: Limit): Finding[] {
  const rows = report.summaries.filter(({ workload, metric }) => workload === limit.workload && metric === limit.metric)
  const variants = report.plan.variants.map(({ name }) => name)
  return boundsOf(limit).flatMap((bound) =>
    variants.map((variant) => {
      const row = rows.find((each) => each.variant === variant)
      const about = `${limit.workload} ${limit.metric}${variants.length > 1 ? ` [${variant}]` : ''}`
      const found = held(row, bound, metricNamed(limit.metric)?.unit)
      return { about, rule: 'limit', ...ofServer(row, ofEveryBlock(report, row, found)) }
    }),
  )
}

function boundsOf({ atMost, atLeast }: Limit): Bound[] {
  const bound = (kind: Bound['kind'], value: number | string | undefined): Bound[] => {
    if (value === undefined) return []
    return [{ kind, wanted: typeof value === 'number' ? value : (durationNs(value) ?? Number.NaN) }]
  }
  return [...bound('at most', atMost), ...bound('at least', atLeast)]
}

function ofServer(row: Summary | undefined, found: Pick<Finding, 'outcome' | 'because'>): typeof found {
  if (!isOfGenerator(row, found.outcome)) return found
  const what = found.because.replace(/^cannot tell: /, '').replace(/\. See what changed.*$/, '')
  return { outcome: 'unknown', because: `cannot tell: ${what}; ${lagWords}` }
}

/** What happened in a block without a count, nobody knows. */
function ofEveryBlock(
  report: Judged,
  row: Summary | undefined,
  found: Pick<Finding, 'outcome' | 'because'>,
): typeof found {
  if (row?.unit !== 'count' || found.outcome !== 'pass') return found
  const without = blocksWithout(report, row.variant, row.blocks)
  return without === undefined
    ? found
    : { outcome: 'unknown', because: `cannot tell: ${found.because}, but ${without}` }
}

function held(row: Summary | undefined, bound: Bound, unit = row?.unit): Pick<Finding, 'outcome' | 'because'> {
  if (row?.median === undefined || row.min === undefined || row.max === undefined) {
    const wanted = `${bound.kind} ${unit === undefined ? bound.wanted : amount(bound.wanted, unit)}`
    const next = 'measure longer for a thin tail, or check that the workload gives this metric'
    return { outcome: 'unknown', because: `cannot tell: no value was measured, wanted ${wanted}; ${next}` }
  }
  const { unit: own, median, min, max, interval } = row
  const digits = digitsApart(own === 'count' ? [min, max] : [median, ...(interval ?? [])], bound.wanted, own)
  const write = (value: number) => amount(value, own, digits)
  const wanted = `wanted ${bound.kind} ${write(bound.wanted)}`
  const within = (value: number) => (bound.kind === 'at most' ? value <= bound.wanted : value >= bound.wanted)
  if (own === 'count') return counted(row, bound, within, { write, wanted })
  const seen = `median ${write(median)} over ${count(row.blocks, 'block')}`
  if (interval === undefined || row.confidence === undefined) {
    const next = `at least ${fewestForInterval} blocks give one, use --repeats 5`
    return { outcome: 'unknown', because: `cannot tell: ${seen} without an interval, ${wanted}; ${next}` }
  }
  const [low, high] = interval
  const confidence = `${(row.confidence * 100).toFixed(row.confidence > 0.99 ? 1 : 0)} % interval`
  const range = `${confidence} ${write(low)} to ${write(high)}`
  const outcome = sided([low, high], within)
  const next = `the limit lies inside; use more blocks (--repeats ${moreBlocks(row.blocks)}) or a quieter machine`
  const because = {
    pass: `${seen}, ${range}; ${wanted}`,
    fail: `${seen}, ${range}; ${wanted}. See what changed, or correct the limit`,
    unknown: `cannot tell: ${seen}, ${range}, ${wanted}: ${next}`,
  }
  return { outcome, because: because[outcome] }
}

/** Counts such as losses are exact, so every block must keep the limit. */
function counted(
  row: Summary,
  bound: Bound,
  within: (value: number) => boolean,
  { write, wanted }: { readonly write: (value: number) => string; readonly wanted: string },
): Pick<Finding, 'outcome' | 'because'> {
  const most = bound.kind === 'at most' ? (row.max ?? 0) : (row.min ?? 0)
  const seen = `${write(most)} in the worst of ${count(row.blocks, 'block')}`
  const outcome = sided([most, most], within)
  const more = outcome === 'pass' ? '' : ' in every block. The series in the report shows when it happened'
  return { outcome, because: `${seen}; ${wanted}${more}` }
}
