/**
 * Compares head with a stored run of another session. The blocks were not interleaved, so a change of the machine in between looks
 * like a change of the server. So the margin is wider than that of an interleaved check, and host and plan must be the same.
 */
import { change, more } from '../model/change.ts'
import { known } from '../model/known.ts'
import { answerOutcomes, answerWords, nameOf, type CheckRow } from '../model/check-report.ts'
import { BenchError } from '../model/error.ts'
import type { Finding, Measurement, Report } from '../model/report.ts'
import { holm } from '../stats/holm.ts'
import { median } from '../stats/order.ts'
import { rarestSplit, twoSampleShift } from '../stats/two-sample.ts'
import { mostLog, sideOf } from './check.ts'
import { lagWords } from './check-words.ts'
import { marginOf, type Margins } from './margins.ts'
import { mostlyLag } from '../stats/pace.ts'
import { differences } from './set-up.ts'
import { count } from '../model/count.ts'

/** Changes between sessions within this share count as the same. */
const sessionMargin = 0.1
const level = 0.01
const wantedConfidence = 0.95

export interface BaselineAnswer {
  readonly rows: readonly CheckRow[]
  readonly findings: readonly Finding[]
}

/** With this many blocks on each side a change in one of 64 metrics can be found: 2 / C(16, 8) × 64 is 1 %. */
export const usualBlocks = 8

/** Number of blocks of the variant that has fewest. */
function blocksOf({ plan: { variants, blocks } }: Pick<Report, 'plan'>): number {
  return Math.min(...variants.map(({ name }) => blocks.filter(({ variant }) => variant === name).length))
}

/** Throws `usage` for a check or a curve, which cannot be a baseline. `what`: such as `run X`. */
export function refuseNoBaseline(report: Pick<Report, 'check' | 'curve' | 'plan'>, what: string): void {
  const kind = report.check !== undefined ? 'a check' : report.curve !== undefined ? 'a curve' : undefined
  if (kind === undefined) return
  const { name } = report.plan.scenario
  throw new BenchError('usage', `${what} must be a run of one scenario to be a baseline, got ${kind} of ${name}`, {
    hint: `pnpm bench run ${name} --repeats ${usualBlocks}, then pnpm bench baseline save latest`,
  })
}

/** A sentence where there are too few blocks to call anything worse except a loss, however large a change is. `head`: blocks now. */
export function tooFewBlocks(base: Report, head: number, margins: Margins = {}): string | undefined {
  const blocks = blocksOf(base)
  const judged = base.measurements.filter((row) => marginOf(row, margins) !== undefined)
  const metrics = judged.reduce((sum, row) => sum + variantsOf(row).length, 0)
  if (2 * rarestSplit(blocks, head) * metrics <= level) return undefined
  return `${count(blocks, 'block')} in the baseline and ${head} in a check are too few to call anything but a loss worse, however large the change. Run both with --repeats ${Math.max(head, usualBlocks)}`
}

/** Judges the metrics that both runs have. Where the set-ups differ the only answer is `cannot tell`. */
export function againstBaseline(base: Report, head: Report, margins: Margins = {}): BaselineAnswer {
  const unlike = differences(base, head)
  if (unlike.length > 0) {
    const because = `cannot tell: the baseline is of another set-up (${unlike.join('; ')}). Next: save a baseline on this one`
    return { rows: [], findings: [{ about: 'baseline', rule: 'same set-up', outcome: 'unknown', because }] }
  }
  const wide: Margins = { '*': sessionMargin, ...margins }
  const judged = base.measurements.flatMap((row) => {
    const other = head.measurements.find(({ workload, metric }) => workload === row.workload && metric === row.metric)
    const margin = marginOf(row, wide)
    if (other === undefined || margin === undefined) return []
    return variantsOf(row).map((variant) => ({ row, other, variant, margin }))
  })
  const draws = drawsFor(judged.length)
  const compared = judged.map((each) => compare(each, draws))
  const adjusted = holm(compared.map(({ p }) => p))
  const rows = compared.map((one, index) => rowOf(one, adjusted[index] ?? 1))
  const findings = rows.map((row): Finding => ({
    about: nameOf(row),
    rule: 'baseline',
    outcome: answerOutcomes[row.answer],
    because: row.because,
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
  /** On one of the sides the number is mostly the generator's own lag. */
  readonly lagged: boolean
  readonly estimate?: number
  readonly interval?: readonly [number, number]
  readonly confidence?: number
}

const variantsOf = ({ values }: Measurement) => [...new Set(values.map(({ variant }) => variant))]

/**
 * So many draws that the smallest p that they can give, of both sides and corrected for all metrics, is half the level: with fewer no
 * change at all could be called worse where there are many metrics. Not more than a machine draws in some seconds.
 */
function drawsFor(metrics: number): number {
  return Math.min(100_000, Math.max(20_000, Math.ceil((4 * metrics) / level)))
}

type Judged = Pick<Compared, 'row' | 'variant' | 'margin'> & { readonly other: Measurement }

function compare({ row, other, variant, margin }: Judged, draws: number): Compared {
  const [was, is] = [row, other].map(({ values }) => values.filter((each) => each.variant === variant))
  const told = (values: Measurement['values'] = []) => values.flatMap(({ value }) => value ?? [])
  const base = told(was)
  const head = told(is)
  // A block in which nothing happened is worse than any other one, and still a number.
  const least = Math.min(...[...base, ...head].filter((value) => value > 0)) / Math.exp(mostLog)
  const scale = (value: number) => (row.unit === 'count' ? value : Math.log(value === 0 ? least : value))
  const usable = (values: readonly number[]) => values.map(scale).filter(Number.isFinite)
  const shift = twoSampleShift(usable(base), usable(head), wantedConfidence, { draws })
  const lagged = mostlyLag(was ?? []) || mostlyLag(is ?? [])
  const found = { row, variant, margin, base, head, lagged, p: lagged ? 1 : bothSided(shift?.permutation) }
  if (shift === undefined) return found
  const { estimate, interval, confidence } = shift
  return { ...found, estimate, ...known({ interval, confidence }) }
}

function bothSided(permuted: { readonly above: number; readonly below: number } | undefined): number {
  return permuted === undefined ? 1 : Math.min(1, 2 * Math.min(permuted.above, permuted.below))
}

function rowOf(one: Compared, p: number): CheckRow {
  const { row, variant, base, head, estimate, interval, confidence } = one
  const counts = row.unit === 'count'
  const back = counts ? (value: number) => value : Math.exp
  const answer = answerOf(one, p)
  const side = answer === 'cannot tell' && !one.lagged ? sideOf(interval, row.better) : undefined
  const leans = side === undefined ? {} : { leans: side }
  const shown = (value: number) => (counts ? more(value) : change(Math.exp(value)))
  const range = interval === undefined ? 'no interval' : `interval ${shown(interval[0])} … ${shown(interval[1])}`
  const seen = estimate === undefined ? 'no values on both sides' : `a change of ${shown(estimate)} (${range})`
  const wanted = counts
    ? 'wanted: no more than in the baseline'
    : `wanted: within ±${(one.margin * 100).toFixed(0)} % of another session`
  return {
    workload: row.workload,
    metric: row.metric,
    point: variant === 'default' ? '' : variant,
    unit: row.unit,
    better: row.better,
    answer,
    ...known({ base: median(base), head: median(head) }),
    ...(estimate === undefined ? {} : { change: back(estimate) }),
    ...(interval === undefined ? {} : { interval: [back(interval[0]), back(interval[1])] as const }),
    ...(confidence === undefined ? {} : { confidence }),
    ...leans,
    because: one.lagged
      ? lagWords
      : `${answerWords({ answer, ...leans })}: ${base.length} and ${count(head.length, 'block')} give ${seen}; ${wanted}${next(one, answer)}`,
  }
}

function answerOf(one: Compared, p: number): CheckRow['answer'] {
  const { row, margin, base, head, estimate, interval } = one
  if (estimate === undefined || one.lagged) return 'cannot tell'
  if (row.unit === 'count') return Math.max(...head) > Math.max(...base) ? 'worse' : 'same'
  const limit = Math.log1p(margin)
  const worse = row.better === 'lower' ? estimate : -estimate
  if (p <= level && worse > limit) return 'worse'
  if (interval !== undefined && interval[0] > -limit && interval[1] < limit) return 'same'
  return p <= level && -worse > limit ? 'better' : 'cannot tell'
}

function next({ base, head }: Compared, answer: CheckRow['answer']): string {
  if (answer === 'worse') return '. Next: confirm it interleaved, bench check --base <old> --head <new>'
  if (answer !== 'cannot tell') return ''
  const few = Math.min(base.length, head.length) < usualBlocks
  return `. Next: ${few ? `both sides with --repeats ${usualBlocks}, or ` : ''}an interleaved check`
}
