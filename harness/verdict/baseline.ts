/**
 * Head against a stored run of another session. Nothing was interleaved, so a change of the machine in between looks like
 * a change of the server: the margin is wider than that of an interleaved check, and host and plan must be the same.
 */
import type { CheckRow } from '../model/check-report.ts'
import type { Finding, Measurement, Report } from '../model/report.ts'
import { holm } from '../stats/holm.ts'
import { median } from '../stats/order.ts'
import { twoSampleShift } from '../stats/two-sample.ts'
import { marginOf, type Margins } from './margins.ts'
import { change } from './words.ts'

/** Changes between sessions within this share count as the same. */
export const sessionMargin = 0.1
const level = 0.01

/** Everything that makes two runs incomparable, each with both sides; empty when they may be compared. */
export function differences(base: Report, head: Report): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['plan', base.plan.digest.slice(0, 12), head.plan.digest.slice(0, 12)],
    ['substrate', base.plan.substrate, head.plan.substrate],
    ['host', hostOf(base), hostOf(head)],
    ['network', base.plan.network ?? 'default', head.plan.network ?? 'default'],
  ]
  return pairs
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${what}: ${String(a)} in the baseline, ${String(b)} now`)
}

function hostOf({ facts: { host } }: Report): string {
  return [
    host.hostname ?? host.name,
    host.os,
    host.kernel,
    host.arch,
    host.cpuModel ?? '',
    `${host.cores ?? '?'} cores`,
  ].join(' ')
}

export interface BaselineAnswer {
  readonly rows: readonly CheckRow[]
  readonly findings: readonly Finding[]
}

/** Judges the metrics that both have; a difference of the set-ups makes everything `cannot tell`. */
export function againstBaseline(base: Report, head: Report, margins: Margins = {}): BaselineAnswer {
  const unlike = differences(base, head)
  if (unlike.length > 0) {
    const because = `cannot tell: the baseline is of another set-up (${unlike.join('; ')}). Next: save a baseline on this one`
    return { rows: [], findings: [{ about: 'baseline', rule: 'same set-up', outcome: 'unknown', because }] }
  }
  const wide: Margins = { '*': sessionMargin, ...margins }
  const compared = base.measurements.flatMap((row) => {
    const other = head.measurements.find(({ workload, metric }) => workload === row.workload && metric === row.metric)
    const margin = marginOf(row, wide)
    if (other === undefined || margin === undefined) return []
    return variantsOf(row).map((variant) => compare(row, other, variant, margin))
  })
  const adjusted = holm(compared.map(({ p }) => p))
  const rows = compared.map((one, index) => rowOf(one, adjusted[index] ?? 1))
  const findings = rows.map(({ workload, metric, point, answer, because }): Finding => ({
    about: [workload, metric, point].filter((part) => part !== '').join(' '),
    rule: 'baseline',
    outcome: answer === 'worse' ? 'fail' : answer === 'cannot tell' ? 'unknown' : 'pass',
    because,
  }))
  return { rows, findings }
}

interface Compared {
  readonly row: Measurement
  readonly variant: string
  readonly margin: number
  readonly base: readonly number[]
  readonly head: readonly number[]
  readonly p: number
  readonly estimate?: number
  readonly interval?: readonly [number, number]
  readonly confidence?: number
}

const variantsOf = ({ values }: Measurement) => [...new Set(values.map(({ variant }) => variant))]

function compare(row: Measurement, other: Measurement, variant: string, margin: number): Compared {
  const scale = row.unit === 'count' ? (value: number) => value : Math.log
  const valuesOf = ({ values }: Measurement) =>
    values.flatMap(({ variant: of, value }) => (of === variant && value !== undefined ? [value] : []))
  const base = valuesOf(row)
  const head = valuesOf(other)
  const usable = (values: readonly number[]) => values.map(scale).filter(Number.isFinite)
  const shift = twoSampleShift(usable(base), usable(head), 0.95)
  const found = { row, variant, margin, base, head, p: bothSided(shift?.permutation) }
  if (shift === undefined) return found
  const { estimate, interval, confidence } = shift
  return {
    ...found,
    estimate,
    ...(interval === undefined ? {} : { interval }),
    ...(confidence === undefined ? {} : { confidence }),
  }
}

function bothSided(permuted: { readonly above: number; readonly below: number } | undefined): number {
  return permuted === undefined ? 1 : Math.min(1, 2 * Math.min(permuted.above, permuted.below))
}

function rowOf(one: Compared, p: number): CheckRow {
  const { row, variant, base, head, estimate, interval, confidence } = one
  const count = row.unit === 'count'
  const back = count ? (value: number) => value : Math.exp
  const answer = answerOf(one, p)
  const shown = (value: number) => (count ? String(value) : change(Math.exp(value)))
  const range = interval === undefined ? 'no interval' : `interval ${shown(interval[0])} … ${shown(interval[1])}`
  const seen = estimate === undefined ? 'no values on both sides' : `a change of ${shown(estimate)} (${range})`
  const wanted = count
    ? 'wanted: no more than in the baseline'
    : `wanted: within ±${(one.margin * 100).toFixed(0)} % of another session`
  const medians = { base: median(base), head: median(head) }
  return {
    workload: row.workload,
    metric: row.metric,
    point: variant === 'default' ? '' : variant,
    unit: row.unit,
    better: row.better,
    answer,
    ...(medians.base === undefined ? {} : { base: medians.base }),
    ...(medians.head === undefined ? {} : { head: medians.head }),
    ...(estimate === undefined ? {} : { change: back(estimate) }),
    ...(interval === undefined ? {} : { interval: [back(interval[0]), back(interval[1])] as const }),
    ...(confidence === undefined ? {} : { confidence }),
    because: `${answer}: ${base.length} and ${head.length} blocks give ${seen}; ${wanted}${next(answer)}`,
  }
}

function answerOf({ row, margin, base, head, estimate, interval }: Compared, p: number): CheckRow['answer'] {
  if (estimate === undefined) return 'cannot tell'
  if (row.unit === 'count') return Math.max(...head) > Math.max(...base) ? 'worse' : 'same'
  const limit = Math.log1p(margin)
  const worse = row.better === 'lower' ? estimate : -estimate
  if (p <= level && worse > limit) return 'worse'
  if (interval !== undefined && interval[0] > -limit && interval[1] < limit) return 'same'
  return p <= level && -worse > limit ? 'better' : 'cannot tell'
}

function next(answer: CheckRow['answer']): string {
  if (answer === 'worse') return '. Next: confirm it interleaved, bench check --base <old> --head <new>'
  return answer === 'cannot tell' ? '. Next: more --repeats, or an interleaved check' : ''
}
