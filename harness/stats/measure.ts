/** Blocks → measurements: one value of each metric for each block, and their summary over the blocks of a variant. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { metrics, quantiles } from '../model/metric.ts'
import type { QuantileName } from '../model/metric.ts'
import type { HistogramName } from '../model/recording.ts'
import type { Measurement, Summary, Value } from '../model/report.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { median, medianInterval } from './order.ts'

/** Histogram names differ from metric names in one place: what an agent calls lag is the send lag of its workload. */
const metricOf: Readonly<Record<HistogramName, string>> = {
  latency: 'latency',
  service: 'service',
  rtt: 'rtt',
  rttService: 'rttService',
  lag: 'sendLag',
  floor: 'floor',
}

type Measured = Omit<Value, 'variant' | 'block'>

export function measurements(blocks: readonly BlockResult[]): Measurement[] {
  const table = new Map<string, { readonly workload: string; readonly metric: string; readonly values: Value[] }>()
  for (const block of blocks) {
    for (const workload of block.workloads) {
      for (const [metric, measured] of Object.entries(valuesOf(workload, block))) {
        const key = `${workload.name}\n${metric}`
        const row = table.get(key) ?? { workload: workload.name, metric, values: [] }
        row.values.push({ variant: block.variant, block: block.index, ...measured })
        table.set(key, row)
      }
    }
  }
  const order = Object.keys(metrics)
  return [...table.values()]
    .toSorted((a, b) => order.indexOf(a.metric) - order.indexOf(b.metric))
    .toSorted((a, b) => workloadOrder(blocks, a.workload) - workloadOrder(blocks, b.workload))
    .flatMap(({ workload, metric, values }) => {
      const facts = metrics[metric]
      return facts === undefined ? [] : [{ workload, metric, unit: facts.unit, better: facts.better, values }]
    })
}

function workloadOrder(blocks: readonly BlockResult[], name: string): number {
  const names = [...new Set(blocks.flatMap(({ workloads }) => workloads.map((workload) => workload.name)))]
  // Floor and other support jobs come last.
  return name === 'floor' ? names.length : names.indexOf(name)
}

function valuesOf(workload: WorkloadResult, block: BlockResult): Record<string, Measured> {
  const values: Record<string, Measured> = {}
  const kind = workloadFacts(workload.kind)
  const put = (metric: string, value: number | undefined) => {
    if (value !== undefined && Number.isFinite(value)) values[metric] = { value }
  }
  for (const [name, distribution] of workload.distributions) {
    if (distribution.data.total === 0) continue
    for (const label of Object.keys(quantiles) as QuantileName[]) {
      // The row stays, its value absent: "too few samples for p99.9" is an answer too.
      values[`${metricOf[name]}.${label}`] = distribution.quantiles[label] ?? {}
    }
    put(`${metricOf[name]}.max`, distribution.data.max)
  }
  if (kind === undefined) return values
  const servers = block.nodes.filter(({ role }) => role === 'server')
  const serverShare = servers.length > 0 && servers.every(({ share }) => share !== undefined)
  put('throughput', workload.perSecond)
  put('bytes', workload.bytesPerSecond)
  put('cpu.perMessage', workload.cpuMicrosPerMessage)
  if (serverShare && (workload.perSecond ?? 0) > 0) {
    const micros = servers.reduce((sum, { share }) => sum + (share ?? 0) * 1e6, 0)
    put('cpu.server', micros / (workload.perSecond ?? Number.NaN))
  }
  put('switches.perMessage', workload.switchesPerMessage)
  if (workload.memoryBytes > 0) put('memory.max', workload.memoryBytes)
  put('loss', workload.loss)
  if (kind.keepsOrder) {
    put('duplicates', workload.totals.duplicated)
    put('reordered', workload.totals.reordered)
  }
  if (workload.arrivals !== undefined) put('late', workload.totals.late)
  return values
}

export function summaries(rows: readonly Measurement[], variants: readonly string[]): Summary[] {
  return rows.flatMap((row) =>
    variants.flatMap((variant) => {
      const values = row.values.filter((value) => value.variant === variant)
      return values.length === 0 ? [] : [summaryOf(row, variant, values)]
    }),
  )
}

function summaryOf(row: Measurement, variant: string, all: readonly Value[]): Summary {
  const { workload, metric, unit, better } = row
  const values = all.flatMap(({ value }) => value ?? [])
  const middle = median(values)
  const interval = medianInterval(values)
  return {
    workload,
    metric,
    unit,
    better,
    variant,
    blocks: values.length,
    ...(middle === undefined ? {} : { median: middle, min: Math.min(...values), max: Math.max(...values) }),
    ...interval,
  }
}
