/** Blocks → measurements: one value of each metric for each block, and their summary over the blocks of a variant. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { known } from '../model/known.ts'
import { familyOf, metrics, quantiles } from '../model/metric.ts'
import type { Measured, QuantileName } from '../model/metric.ts'
import type { Measurement, Summary, Value } from '../model/report.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { made } from './made.ts'
import { median, medianInterval } from './order.ts'
import { mostlyLag } from './pace.ts'

type Told = Omit<Value, 'variant' | 'block'>

export function measurements(blocks: readonly BlockResult[]): Measurement[] {
  const table = new Map<string, { readonly workload: string; readonly metric: string; readonly values: Value[] }>()
  for (const block of blocks) {
    for (const workload of block.workloads) {
      for (const [metric, measured] of Object.entries(valuesOf(workload, block))) {
        const key = `${workload.name}\n${metric}`
        const row = made(table, key, () => ({ workload: workload.name, metric, values: [] }))
        row.values.push({ variant: block.variant, block: block.index, ...measured })
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

function valuesOf(workload: WorkloadResult, block: BlockResult): Record<string, Told> {
  const values: Record<string, Told> = {}
  for (const [name, distribution] of workload.distributions) {
    if (distribution.data.total === 0) continue
    const family = familyOf(name)
    for (const label of Object.keys(quantiles) as QuantileName[]) {
      // The row stays, its value absent: "too few samples for p99.9" is an answer too.
      values[`${family}.${label}`] = distribution.quantiles[label] ?? {}
    }
    values[`${family}.max`] = { value: distribution.data.max }
  }
  for (const { metric } of workload.lagged) values[metric] = { ...values[metric], lagged: true }
  const kind = workloadFacts(workload.kind)
  if (kind === undefined) return values
  const measured = {
    ...workload,
    ...known({ serverMicrosPerMessage: serverMicros(workload, block) }),
    ...serverMemory(block),
  }
  for (const [name, { of, value: read }] of Object.entries(metrics)) {
    const value = of(kind) ? read?.(measured) : undefined
    if (value !== undefined && Number.isFinite(value)) values[name] = { value }
  }
  return values
}

/** CPU time of all servers for each message of the workload; undefined where that of one of them is not known, or less than can be told. */
function serverMicros({ perSecond = 0 }: WorkloadResult, { nodes }: BlockResult): number | undefined {
  const servers = nodes.filter(({ role }) => role === 'server')
  if (perSecond <= 0 || servers.length === 0 || !servers.every(({ share }) => share !== undefined)) return undefined
  const micros = servers.reduce((sum, { share }) => sum + (share ?? 0) * 1e6, 0)
  return micros > 0 ? micros / perSecond : undefined
}

/** Of the server that has most; undefined where one of them does not say. */
function serverMemory({ servers }: BlockResult): Pick<Measured, 'serverMemory' | 'serverGrowth'> {
  const most = (values: readonly (number | undefined)[]): number | undefined =>
    values.length === 0 ? undefined : Math.max(...values.map((value) => value ?? Number.NaN))
  return known({
    serverMemory: most(servers.map(({ memoryBytes }) => memoryBytes)),
    serverGrowth: most(servers.map(({ memoryGrowth }) => memoryGrowth)),
  })
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
  const told = all.flatMap(({ value }) => value ?? [])
  // A percentile is reported from all blocks or not at all: from fewer blocks than the percentile below it, it could come out smaller than that one.
  const whole = told.length === all.length || quantileOf(metric) === undefined
  const values = whole ? told : []
  const middle = median(values)
  const interval = medianInterval(values)
  return {
    workload,
    metric,
    unit,
    better,
    variant,
    blocks: values.length,
    ...(whole ? {} : { partly: told.length }),
    ...(mostlyLag(all) ? { lagged: true as const } : {}),
    ...(middle === undefined ? {} : { median: middle, min: Math.min(...values), max: Math.max(...values) }),
    ...interval,
  }
}

function quantileOf(metric: string): QuantileName | undefined {
  return (Object.keys(quantiles) as QuantileName[]).find((name) => metric.endsWith(`.${name}`))
}
