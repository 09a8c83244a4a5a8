/** Which charts a report gets, in the order in which questions arise: how fast, how slow at worst, how steady, at what cost. */
import type { MainTime } from '../model/kinds/kind.ts'
import type { Report } from '../model/report.ts'
import { cpuChart, steadinessChart } from './chart-blocks.ts'
import { connectionChart, gapChart } from './chart-faults.ts'
import { densityChart } from './chart-density.ts'
import { dimensions, gridChart, loadChart } from './chart-grid.ts'
import { percentileChart } from './chart-percentiles.ts'
import { consumerLagChart, cpuTimeChart, latencyChart, throughputChart } from './chart-time.ts'
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
  const paced = [...new Set(report.histograms.filter((h) => h.name === 'lag').map((h) => h.workload))]
  const received = timed.at(0)?.name ?? names.at(-1) ?? ''
  const all = names.slice(0, mostWorkloads)
  type Maker = (id: string) => Chart | undefined
  const each = <T>(list: readonly T[], make: (of: T, id: string) => Chart | undefined): readonly Maker[] =>
    list.map((of) => (id: string) => make(of, id))
  const gridMakers: readonly Maker[] = [
    (id) => gridChart(report, received, 'throughput', id),
    ...['p50', 'p99'].flatMap((q) => each(timed, ({ name, kind }, id) => gridChart(report, name, `${kind}.${q}`, id))),
  ]
  const makers: readonly Maker[] = [
    ...(dimensions(report).length > 0 ? gridMakers : []),
    ...each(timed, ({ name, kind }, id) => percentileChart(report, name, kind, id)),
    ...each(timed, ({ name, kind }, id) => densityChart(report, name, kind, id)),
    ...each(all, (name, id) => throughputChart(report, name, id)),
    ...each(timed, ({ name, kind }, id) => latencyChart(report, name, kind, id)),
    (id) => gapChart(report, id),
    (id) => connectionChart(report, id),
    ...each(all, (name, id) => consumerLagChart(report, name, id)),
    ...each(paced.slice(0, 2), (name, id) => percentileChart(report, name, 'lag', id)),
    (id) => cpuTimeChart(report, id),
    (id) => cpuChart(report, id),
    (id) => steadinessChart(report, id),
  ]
  return saidOnce(makers.flatMap((make, i) => make(`${prefix}-c${i}`) ?? []))
}

/** A note that stands below one chart is not said again below the next. */
function saidOnce(charts: readonly Chart[]): readonly Chart[] {
  const said = new Set<string>()
  return charts.map((chart) => {
    const notes = (chart.notes ?? []).filter((note) => !said.has(note))
    for (const note of notes) said.add(note)
    return { ...chart, notes }
  })
}
