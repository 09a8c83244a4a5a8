/** Which charts a report gets, in the order in which questions arise: how fast, how slow at worst, how steady, at what cost. */
import type { MainTime } from '../model/kinds/kind.ts'
import type { Report } from '../model/report.ts'
import { cpuChart, steadinessChart } from './chart-blocks.ts'
import { densityChart } from './chart-density.ts'
import { dimensions, gridChart, loadChart } from './chart-grid.ts'
import { percentileChart } from './chart-percentiles.ts'
import { cpuTimeChart, latencyChart, throughputChart } from './chart-time.ts'
import type { Chart } from './chart.ts'
import { latencyOf, workloadNames } from './reading.ts'

/** More workloads than this are in the tables only. */
const mostWorkloads = 4

/** Those with a time of their own. */
function timedOf(report: Report): readonly { readonly name: string; readonly kind: MainTime }[] {
  return workloadNames(report)
    .flatMap((name) => {
      const kind = latencyOf(report, name)
      return kind === undefined ? [] : [{ name, kind }]
    })
    .slice(0, mostWorkloads)
}

/** Latency against load, where rates were varied. */
export function loadChartsOf(report: Report, prefix: string): readonly Chart[] {
  return timedOf(report).flatMap(({ name }, i) => loadChart(report, name, `${prefix}-l${i}`) ?? [])
}

export function chartsOf(report: Report, prefix: string): readonly Chart[] {
  const names = workloadNames(report)
  const timed = timedOf(report)
  const shown = names.slice(0, mostWorkloads)
  const paced = report.histograms.filter((h) => h.name === 'lag').map((h) => h.workload)
  const grid = dimensions(report).length > 0
  const received = timed.at(0)?.name ?? names.at(-1) ?? ''
  const makers: readonly ((id: string) => Chart | undefined)[] = [
    ...(grid
      ? [
          (id: string) => gridChart(report, received, 'throughput', id),
          ...timed.flatMap(({ name, kind }) =>
            ['p50', 'p99'].map((q) => (id: string) => gridChart(report, name, `${kind}.${q}`, id)),
          ),
        ]
      : []),
    ...timed.map(
      ({ name, kind }) =>
        (id: string) =>
          percentileChart(report, name, kind, id),
    ),
    ...timed.map(
      ({ name, kind }) =>
        (id: string) =>
          densityChart(report, name, kind, id),
    ),
    ...shown.map((name) => (id: string) => throughputChart(report, name, id)),
    ...timed.map(
      ({ name, kind }) =>
        (id: string) =>
          latencyChart(report, name, kind, id),
    ),
    ...[...new Set(paced)].slice(0, 2).map((name) => (id: string) => percentileChart(report, name, 'lag', id)),
    (id) => cpuTimeChart(report, id),
    (id) => cpuChart(report, id),
    (id) => steadinessChart(report, id),
  ]
  return makers.flatMap((make, i) => make(`${prefix}-c${i}`) ?? [])
}
