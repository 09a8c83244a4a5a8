/**
 * How many times the number of the first variant another variant of the same run has: blocks of one repeat are measured in
 * turn, so they are paired, and what the machine did meanwhile meets both. Hodges–Lehmann shift of the logarithms of the
 * paired blocks, with its interval (signed-rank.ts).
 */
import type { Ratio } from '../model/comparison.ts'
import { isShown } from '../model/metric.ts'
import type { Plan } from '../model/plan.ts'
import type { Measurement, Summary } from '../model/report.ts'
import { ratioAt } from './ratio.ts'
import { shift } from './signed-rank.ts'

type VariantRatio = NonNullable<Summary['ratio']>

/** Wanted confidences, highest first: few blocks reach only a lower one, and the ratio says which. */
const confidences = [0.95, 0.9, 0.75]

/** Each summary of a metric that tells variants apart gets its ratio over the first variant. */
export function withRatios(list: readonly Summary[], rows: readonly Measurement[], plan: Plan): Summary[] {
  const first = plan.variants[0]?.name
  return list.map((summary) => {
    const { workload, metric, variant } = summary
    if (first === undefined || variant === first || !isShown('variants', metric)) return summary
    const base = list.find((each) => each.workload === workload && each.metric === metric && each.variant === first)
    const row = rows.find((each) => each.workload === workload && each.metric === metric)
    if (base === undefined || row === undefined || isNoNumber(base) || isNoNumber(summary)) return summary
    const ratio = ratioOf(row, plan, first, variant)
    return ratio === undefined ? summary : { ...summary, ratio }
  })
}

/** The generator's own lag, or a percentile that not every block has. */
function isNoNumber({ lagged, partly }: Summary): boolean {
  return lagged === true || partly !== undefined
}

function ratioOf(row: Measurement, plan: Plan, over: string, variant: string): VariantRatio | undefined {
  const repeats = new Set(plan.blocks.map(({ repeat }) => repeat))
  const value = (name: string, repeat: number): number => {
    const block = plan.blocks.find((each) => each.variant === name && each.repeat === repeat)
    return row.values.find((each) => each.block === block?.index)?.value ?? Number.NaN
  }
  const ratio = ratioOfPairs([...repeats].map((repeat) => [value(variant, repeat), value(over, repeat)]))
  return ratio === undefined ? undefined : { over, ...ratio }
}

/** How many times the second of a pair the first is; pairs without a number are left out. */
export function ratioOfPairs(pairs: readonly (readonly [number, number])[]): Ratio | undefined {
  const logs = pairs.map(([one, other]) => Math.log(one / other)).filter((log) => !Number.isNaN(log))
  // A zero on either side, as of losses, has no ratio.
  if (logs.length === 0 || !logs.every(Number.isFinite)) return undefined
  return ratioAt((confidence) => shift(logs, confidence), confidences)
}
