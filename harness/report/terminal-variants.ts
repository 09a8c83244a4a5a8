/** One workload of a scenario with variants or a grid: a row for each variant, the numbers that matter beside each other. */
import type { Report, Summary } from '../model/report.ts'
import { confidenceText, floorOf, latencyOf, medianText, summaryOf, variantNames, workloadText } from './reading.ts'
import { ratioText } from './comparing.ts'
import { range } from './format.ts'
import { sparkline } from './plot-text.ts'
import { cut, tame, width } from './style-text.ts'
import { textTable, type TableColumn } from './terminal-table.ts'
import type { Page } from './terminal.ts'

export function variantTable({ report, columns, say }: Page, workload: string): readonly string[] {
  const variants = variantNames(report)
  const spec = report.plan.scenario.workloads.find((w) => w.name === workload)
  const about = spec === undefined ? '' : `  ${tame(workloadText(spec, report))}`
  const title = `  ${say('bold', tame(workload))}${say('dim', cut(about, columns - 2 - width(workload)))}`
  const all = fields(report, workload, variants).filter(({ cells }) => cells.some((cell) => cell !== ''))
  const names: TableColumn = { head: '', cells: variants.map((name) => cut(tame(name), 40)), left: true }
  if (all.length < 1) return [title, say('dim', '    no numbers were measured')]
  return [title, ...textTable([names, ...all], { indent: 4, columns, say })]
}

function fields(report: Report, workload: string, variants: readonly string[]): readonly TableColumn[] {
  const latency = latencyOf(report, workload) ?? 'latency'
  const of = (metric: string): readonly (Summary | undefined)[] =>
    variants.map((v) => summaryOf(report, workload, metric, v))
  const median = (head: string, metric: string, weight?: number): TableColumn => {
    const found = of(metric)
    return {
      head,
      ...(weight === undefined ? {} : { weight }),
      cells: found.some((s) => s !== undefined) ? found.map(medianText) : variants.map(() => ''),
    }
  }
  const ratio = (what: string, metric: string, weight: number): TableColumn => ({
    head: `${what}× ${cut(tame(variants[0] ?? ''), 16)}`,
    weight,
    left: true,
    cells: of(metric).map((s) => (s?.ratio === undefined ? '' : ratioText(s.ratio))),
  })
  const throughput = of('throughput')
  const highest = Math.max(...throughput.map((s) => s?.median ?? 0))
  const confidence = confidenceText(throughput.flatMap((s) => s ?? []))
  return [
    median('throughput', 'throughput'),
    {
      head: confidence === undefined ? 'interval' : `${confidence} interval`,
      weight: 5,
      left: true,
      cells: throughput.map((s) => (s?.interval === undefined ? '' : range(s.interval, s.unit))),
    },
    {
      head: '',
      weight: 9,
      left: true,
      cells: throughput.map((s) => (highest > 0 ? bar((s?.median ?? 0) / highest) : '')),
    },
    ratio('', 'throughput', 3),
    median('p50', `${latency}.p50`, 1),
    ratio('p50 ', `${latency}.p50`, 4),
    median('p99', `${latency}.p99`, 2),
    median('p99.9', `${latency}.p99.9`, 4),
    {
      head: 'floor p50',
      weight: 6,
      cells: of(`${latency}.p50`).map((s, i) =>
        s === undefined ? '' : medianText(floorOf(report, workload, 'p50', variants[i] ?? '')),
      ),
    },
    median('lag p99', 'sendLag.p99', 3),
    median('CPU', 'cpu.perMessage', 7),
    median('CPU of server', 'cpu.server', 8),
    median('lost', 'loss', 2),
    { head: 'over time', weight: 10, left: true, cells: variants.map((v) => course(report, workload, v)) },
  ]
}

/** Eight characters long at 1. */
function bar(share: number): string {
  const eighths = Math.round(share * 64)
  const rest = ' ▏▎▍▌▋▊▉'[eighths % 8] ?? ''
  return `${'█'.repeat(eighths >> 3)}${eighths % 8 === 0 ? '' : rest}`
}

function course(report: Report, of: string, variant: string): string {
  const points = report.series
    .filter((s) => s.of === of && s.metric === 'throughput' && s.variant === variant)
    .flatMap((s) => s.points.map(([, value]) => value))
  return sparkline(points, 24)
}
