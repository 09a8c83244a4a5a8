/** Reports with a base and a head variant, or two reports, → pairs of blocks for each judged metric. */
import type { Measurement, Report } from '../model/report.ts'
import type { Pair, PairedMetric } from './check.ts'
import { mostlyLag } from '../stats/pace.ts'
import { marginOf } from './margins.ts'
import type { Margins } from './margins.ts'

type Measured = Pick<Report, 'measurements' | 'plan'>

/**
 * Pairs the n-th block of one variant with the n-th of the other, over all reports in order. A side without a value keeps its
 * place, so that the pairs of all metrics stay in step.
 */
export function pairsOf(
  reports: readonly Measured[],
  base: string,
  head: string,
  margins: Margins = {},
): PairedMetric[] {
  const table = new Map<string, PairedMetric & { readonly pairs: Pair[] }>()
  for (const { measurements, plan } of reports) {
    const repeats = Math.max(0, ...plan.blocks.map(({ repeat }) => repeat + 1))
    for (const row of measurements) {
      const margin = marginOf(row, margins)
      if (margin === undefined) continue
      const { workload, metric, unit, better } = row
      const key = `${workload}\n${metric}`
      const entry = table.get(key) ?? { workload, metric, unit, better, margin, pairs: [] }
      table.set(key, entry)
      for (let repeat = 0; repeat < repeats; repeat++) {
        entry.pairs.push({ base: valueOf(row, plan, base, repeat), head: valueOf(row, plan, head, repeat) })
      }
    }
  }
  return [...table.values()].map((entry) =>
    [base, head].some((side) => isLagged(reports, entry, side)) ? { ...entry, lagged: true as const } : entry,
  )
}

/** Single pairs with lag are not left out: on a slower server lag is noticed less often, so the rest would be a biased sample. */
function isLagged(reports: readonly Measured[], entry: PairedMetric, variant: string): boolean {
  const rows = reports.flatMap(({ measurements }) =>
    measurements.filter(({ workload, metric }) => workload === entry.workload && metric === entry.metric),
  )
  return mostlyLag(rows.flatMap(({ values }) => values.filter((value) => value.variant === variant)))
}

function valueOf(row: Measurement, plan: Measured['plan'], variant: string, repeat: number): number | undefined {
  const block = plan.blocks.find((each) => each.variant === variant && each.repeat === repeat)
  return block === undefined ? undefined : row.values.find((value) => value.block === block.index)?.value
}
