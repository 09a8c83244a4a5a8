/** Blocks of one unchanged server → the noise of its machine, for the simulation. */
import { BenchError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import { deviation, mean, median, squares } from '../stats/order.ts'
import { marginOf } from './margins.ts'
import type { Noise } from './simulate.ts'

/** Fewer blocks than this do not show how alike neighbouring blocks are. */
const fewestBlocks = 12

export interface RecordedNoise {
  readonly noise: Noise
  /** The series behind the noise, one text each: workload, metric, blocks. */
  readonly series: readonly string[]
}

/**
 * The logarithms of every metric that a check judges, block by block in the order in which they ran. Variants that differ in name
 * only (A/A) are one series; others are a series each, because the difference between them is not noise. Counts are left out, and
 * so are series with a value that is 0 or missing. `spread` and `memory` are medians over the series, for people to read: the
 * simulation uses `recorded` itself, in stretches from any of the series.
 * Throws `not-found` where no series has 12 blocks.
 */
export function recordedNoise(reports: readonly Pick<Report, 'plan' | 'measurements'>[]): RecordedNoise {
  const found = reports.flatMap(seriesOf)
  const recorded = found.map(({ logarithms }) => logarithms)
  if (recorded.length === 0) {
    throw new BenchError('not-found', `a series must have at least ${fewestBlocks} blocks of one server, got none`, {
      hint: 'pnpm bench run scenarios/calibration/aa.ts --repeats 15 makes one of 30',
    })
  }
  const spread = median(recorded.map(deviation)) ?? 0
  const memory = Math.max(0, median(recorded.map(nextDoor)) ?? 0)
  return {
    noise: { spread, memory, tails: 100, drift: 0, shared: 0, recorded },
    series: found.map(({ name, logarithms }) => `${name}, ${logarithms.length} blocks`),
  }
}

interface Found {
  readonly name: string
  readonly logarithms: readonly number[]
}

function seriesOf({ plan, measurements }: Pick<Report, 'plan' | 'measurements'>): Found[] {
  const groups = sameVariants(plan)
  return measurements
    .filter((row) => row.unit !== 'count' && marginOf(row) !== undefined)
    .flatMap(({ workload, metric, values }) =>
      groups.flatMap((variants): Found[] => {
        const rows = values.filter(({ variant }) => variants.includes(variant)).toSorted((a, b) => a.block - b.block)
        const logarithms = rows.map(({ value = Number.NaN }) => Math.log(value))
        if (logarithms.length < fewestBlocks || !logarithms.every(Number.isFinite)) return []
        return [{ name: `${workload} ${metric} of ${variants.join(' and ')}`, logarithms }]
      }),
    )
}

/** Groups of names: the variants of a group run the same servers and the same work for the same time. */
function sameVariants({ variants }: Report['plan']): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>()
  for (const { name, phases, nodes, services, assignments, flows } of variants) {
    const key = JSON.stringify({ phases, nodes, services, assignments, flows })
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()]
}

/** Autocorrelation at lag 1; 0 where nothing varies. */
function nextDoor(values: readonly number[]): number {
  const centre = mean(values)
  const all = squares(values)
  const next = values.slice(1).reduce((sum, value, i) => sum + (value - centre) * ((values[i] ?? 0) - centre), 0)
  return all > 0 ? next / all : 0
}
