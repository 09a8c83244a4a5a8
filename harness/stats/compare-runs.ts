/** Reports of any machines and substrates → one Comparison: raw, as ratios with intervals, and per what the machines have. */
import { isMainTime } from '../model/kinds/kind.ts'
import type { ComparedCurve, ComparedRow, ComparedValue, Comparison, Ratio } from '../model/comparison.ts'
import type { WorkloadKind } from '../model/kinds/kinds.ts'
import { isShown } from '../model/metric.ts'
import type { Report } from '../model/report.ts'
import { differencesOf, unfairnessOf } from './fairness.ts'
import { runLabels } from './run-labels.ts'
import { median, medianInterval } from './order.ts'
import { ratioAt } from './ratio.ts'
import { summaryOf } from './rows.ts'
import { twoSampleShift } from './two-sample.ts'

/** Rows of two runs are one where workload, its kind, variant and metric are the same. */
type Key = Pick<ComparedRow, 'workload' | 'variant' | 'metric' | 'better' | 'unit'> & {
  readonly kind: WorkloadKind | undefined
}

/** `labels`: one a report; made from host and substrate where not given. `watts`: stated or metered power, one a report. */
export function compareRuns(
  reports: readonly Report[],
  labels?: readonly string[],
  watts: readonly (number | undefined)[] = [],
): Comparison {
  const found = labels?.map((label) => ({ label })) ?? runLabels(reports)
  const names = found.map(({ label }) => label)
  const keys = new Map<string, Key>()
  for (const report of reports) {
    for (const { workload, variant, metric, unit, better } of report.summaries) {
      const key = { workload, kind: kindOf(report, workload), variant, metric, unit, better }
      const text = [workload, key.kind, variant, metric].join('\n')
      if (isShown('compare', metric) && !keys.has(text)) keys.set(text, key)
    }
  }
  const raw = [...keys.values()].map(({ kind, ...key }): ComparedRow =>
    row(
      key,
      reports.map((r) => (kindOf(r, key.workload) === kind ? valuesOf(r, key) : [])),
      reports.map((r) => isLagged(r, key)),
    ),
  )
  return {
    schema: 1,
    runs: reports.map((report, i) => ({
      run: report.run,
      ...(found[i] ?? { label: report.run }),
      at: report.at,
      scenario: report.plan.scenario.name,
      substrate: report.plan.substrate,
      outcome: report.verdict.outcome,
      host: report.facts.host,
    })),
    differences: differencesOf(reports),
    unfair: unfairnessOf(reports, names),
    rows: [...raw, ...raw.flatMap((r) => normalised(r, raw, reports, watts))],
    curves: curvesOf(reports),
  }
}

/** Undefined for what runs beside the workloads. */
function kindOf({ plan }: Report, workload: string): WorkloadKind | undefined {
  return plan.scenario.workloads.find(({ name }) => name === workload)?.kind
}

type Place = Pick<ComparedRow, 'workload' | 'variant' | 'metric'>

/** None of a percentile that not every block has: its own report withholds it, for it may be below a lower one. */
function valuesOf(report: Report, key: Place): readonly number[] {
  if (summaryOf(report, key.workload, key.metric, key.variant)?.partly !== undefined) return []
  const found = report.measurements.find((m) => m.workload === key.workload && m.metric === key.metric)
  return (found?.values ?? []).flatMap((v) => (v.variant === key.variant && v.value !== undefined ? [v.value] : []))
}

function isLagged(report: Report, key: Place): boolean {
  return summaryOf(report, key.workload, key.metric, key.variant)?.lagged === true
}

function row(
  key: Pick<ComparedRow, 'workload' | 'variant' | 'metric' | 'better' | 'unit' | 'per'>,
  values: readonly (readonly number[])[],
  lagged: readonly boolean[] = [],
): ComparedRow {
  const first = values[0] ?? []
  return {
    ...key,
    runs: values.map((v, i) =>
      v.length === 0 ? undefined : { ...told(v), ...(lagged[i] === true ? { lagged: true as const } : {}) },
    ),
    ratios: values.map((v, i) => (i === 0 ? undefined : ratioOf(first, v))),
  }
}

function told(values: readonly number[]): ComparedValue {
  const middle = median(values)
  return { values, ...(middle === undefined ? {} : { median: middle }), ...medianInterval(values) }
}

/** How many times the first run's number: a shift of logarithms, so that 2 and 1/2 are equally far from 1. */
function ratioOf(first: readonly number[], other: readonly number[]): Ratio | undefined {
  const logs = [first, other].map((values) => values.map(Math.log))
  const [a = [], b = []] = logs
  if (logs.some((list) => list.length === 0 || list.some((x) => !Number.isFinite(x)))) return undefined
  return ratioAt((confidence) => twoSampleShift(a, b, confidence, { enumerate: 0, draws: 0 }), [0.95, 0.9, 0.8])
}

function normalised(
  r: ComparedRow,
  raw: readonly ComparedRow[],
  reports: readonly Report[],
  watts: readonly (number | undefined)[],
): readonly ComparedRow[] {
  const by = (
    per: string,
    unit: ComparedRow['unit'],
    values: readonly (readonly number[])[],
  ): readonly ComparedRow[] => {
    if (values.filter((v) => v.length > 0).length < 2) return []
    const lagged = r.runs.map((run) => run?.lagged === true)
    return [row({ ...r, unit, per }, values, lagged)]
  }
  const values = r.runs.map((run) => run?.values ?? [])
  const over = (divisors: readonly (number | undefined)[]): readonly (readonly number[])[] =>
    values.map((list, i) => {
      const divisor = divisors[i]
      return divisor === undefined || !(divisor > 0) ? [] : list.map((v) => v / divisor)
    })
  if (r.metric === 'throughput') {
    // of a rate that was set the quotient says only what was asked for
    if (reports.some(({ bottlenecks }) => bottlenecks.some(({ limiter }) => limiter === 'rate'))) return []
    return [
      ...by('core', r.unit, over(reports.map((x) => x.facts.host.cores))),
      ...by(
        'GHz',
        r.unit,
        over(reports.map(({ facts: { host } }) => (host.cpuMHz === undefined ? undefined : host.cpuMHz / 1000))),
      ),
      ...by('watt (stated)', r.unit, over(reports.map((_, i) => watts[i]))),
    ]
  }
  if (r.metric === 'cpu.server') {
    // µs a message turned round: messages for each second of CPU that the servers used
    const turned = values.map((list) => list.flatMap((v) => (v > 0 ? [1e6 / v] : [])))
    return by('CPU-second of the server', 'msg/s', turned).map((x) => ({
      ...x,
      metric: 'throughput',
      better: 'higher',
    }))
  }
  if (r.metric.endsWith('.p50') && isMainTime(r.metric.slice(0, -4))) {
    const floor = raw.find((x) => x.metric === 'floor.p50' && x.variant === r.variant)
    return by('floor', 'ratio', over(reports.map((_, i) => floor?.runs[i]?.median)))
  }
  return []
}

function curvesOf(reports: readonly Report[]): readonly ComparedCurve[] {
  const all = reports.flatMap((r) =>
    r.histograms.flatMap(({ name, ...rest }) => (isMainTime(name) ? [{ ...rest, name }] : [])),
  )
  const keys = new Map(all.map((h) => [`${h.workload}\n${h.variant}\n${h.name}`, h]))
  return [...keys.values()]
    .map(({ workload, variant, name }): ComparedCurve => {
      const find = (wanted: string, whose?: string) =>
        reports.map(
          (r) =>
            r.histograms.find(
              (h) => h.name === wanted && h.variant === variant && (whose === undefined || h.workload === whose),
            )?.data,
        )
      return {
        workload,
        variant,
        name,
        runs: find(name, workload),
        floors: find('floor'),
      }
    })
    .filter((curve) => curve.runs.filter((data) => data !== undefined).length > 1)
}
