/** The interleaved check over all points of a scenario's grid: what is known, and which blocks to run next. */
import type { CheckRow } from '../model/check-report.ts'
import { known } from '../model/known.ts'
import type { BlockPlan } from '../model/plan.ts'
import type { Report, Verdict } from '../model/report.ts'
import { median } from '../stats/order.ts'
import { headFirst } from './coin.ts'
import { check, type CheckSettings, type MetricAnswer, type Next, type PairedMetric, type Round } from './check.ts'
import type { Margins } from './margins.ts'
import { pairsOf } from './pairs.ts'

export interface Interleaved {
  readonly rows: readonly CheckRow[]
  readonly verdict: Verdict
  readonly next: Next
}

export interface InterleavedRequest {
  readonly report: Pick<Report, 'measurements' | 'plan'>
  readonly rounds: readonly Round[]
  readonly settings: Partial<CheckSettings>
  readonly margins?: Margins
}

/** All points of the grid are one family: the corrections for many metrics and many looks are made over all of them together. */
export function judgeInterleaved({ report, rounds, settings, margins = {} }: InterleavedRequest): Interleaved {
  const points = pointsOf(report)
  const metrics = points.flatMap((point) =>
    pairsOf([report], `base${point}`, `head${point}`, margins).map((metric) => ({ point, metric })),
  )
  const { answers, verdict, next } = check({ metrics: metrics.map(({ metric }) => metric), rounds, settings })
  const rows = answers.map((answer, index) => rowOf(answer, metrics[index]?.point.trim() ?? ''))
  return {
    rows,
    verdict: { ...verdict, findings: verdict.findings.map((finding, index) => named(finding, rows[index])) },
    next,
  }
}

/** Names of the grid's points, each with a space before it; `''` where there is no grid. */
function pointsOf({ plan }: Pick<Report, 'plan'>): readonly string[] {
  return plan.variants.flatMap(({ name }) =>
    name === 'base' || name.startsWith('base ') ? [name.slice('base'.length)] : [],
  )
}

function named(finding: Verdict['findings'][number], row: CheckRow | undefined): Verdict['findings'][number] {
  return row === undefined || row.point === '' ? finding : { ...finding, about: `${finding.about} ${row.point}` }
}

/** Blocks of further pairs, each in random order (see coin.ts). `done`: all blocks that were run so far. */
export function furtherBlocks(plan: Report['plan'], done: readonly BlockPlan[], pairs: number): readonly BlockPlan[] {
  const names = plan.variants.map(({ name }) => name)
  const repeats = Math.max(-1, ...done.map(({ repeat }) => repeat)) + 1
  const first = Math.max(-1, ...done.map(({ index }) => index)) + 1
  return Array.from({ length: pairs }, (_, pair) => {
    const repeat = repeats + pair
    return (headFirst(repeat) ? names.toReversed() : names).map((variant) => ({ variant, repeat }))
  })
    .flat()
    .map(({ variant, repeat }, index) => ({ index: first + index, variant, repeat }))
}

function rowOf({ metric, answer, change, leans, because }: MetricAnswer, point: string): CheckRow {
  const { workload, metric: name, unit, better } = metric
  const back = unit === 'count' ? (value: number) => value : Math.exp
  const { estimate, interval, confidence } = change ?? {}
  return {
    workload,
    metric: name,
    point,
    unit,
    better,
    answer,
    ...known({ base: median(sideOf(metric, 'base')), head: median(sideOf(metric, 'head')) }),
    ...(estimate === undefined ? {} : { change: back(estimate) }),
    ...(interval === undefined ? {} : { interval: [back(interval[0]), back(interval[1])] as const }),
    ...known({ confidence, leans }),
    because,
  }
}

function sideOf({ pairs }: PairedMetric, side: 'base' | 'head'): number[] {
  return pairs.flatMap((pair) => pair[side] ?? [])
}
