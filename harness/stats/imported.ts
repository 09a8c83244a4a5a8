/** Numbers of another tool → a report that `compare` accepts, said to be imported wherever it is shown. */
import type { Imported, ImportedValue } from '../model/imported.ts'
import { metrics } from '../model/metric.ts'
import type { Plan } from '../model/plan.ts'
import type { Measurement, Report } from '../model/report.ts'
import { scenarioSchema } from '../model/scenario.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import { summaries } from './measure.ts'

const variant = 'imported'

/** `at`: ISO 8601, when it was imported; nothing in such files says when they were made. */
export function reportOfImported(imported: Imported, at: string): Omit<Report, 'verdict'> {
  const rows = measurementsOf(imported)
  const plan = planOf(imported, rows)
  const host = { name: 'unknown', os: 'unknown', kernel: 'unknown', arch: 'unknown', settings: {} }
  return {
    schema: 1,
    run: `imported-${slug(imported.title)}`,
    at,
    state: 'complete',
    plan,
    facts: { host, servers: [], node: imported.tool, substrate: {} },
    health: imported.remarks.map((because) => ({ about: 'import', rule: 'imported', outcome: 'unknown', because })),
    bottlenecks: [],
    measurements: rows,
    summaries: summaries(rows, [variant]),
    nodes: [],
    histograms: [],
    series: [],
    marks: [],
  }
}

function measurementsOf({ blocks }: Imported): Measurement[] {
  const table = new Map<string, Measurement & { readonly values: Measurement['values'][number][] }>()
  blocks.forEach((block, index) => {
    for (const { workload, metric, value } of block) {
      const facts = metrics[metric]
      if (facts === undefined) continue
      const key = `${workload}\n${metric}`
      const row = table.get(key) ?? { workload, metric, unit: facts.unit, better: facts.better, values: [] }
      table.set(key, row)
      row.values.push({ variant, block: index, value })
    }
  })
  return [...table.values()]
}

type WorkloadInput = ScenarioInput['workloads'][number]

function planOf(imported: Imported, rows: readonly Measurement[]): Plan {
  const payload = { bytes: imported.payloadBytes ?? 0 }
  const base = { on: 'load', to: 'server', subject: 'imported' } as const
  const arrivals = { kind: 'flood' } as const
  const inputs: Readonly<Record<ImportedValue['workload'], WorkloadInput>> = {
    pub: { kind: 'publish', name: 'pub', ...base, payload, arrivals },
    sub: { kind: 'subscribe', name: 'sub', ...base },
    req: { kind: 'request', name: 'req', ...base, payload, arrivals: { kind: 'closed', inFlight: 1 } },
  }
  const names = (['pub', 'sub', 'req'] as const).filter((name) => rows.some(({ workload }) => workload === name))
  const scenario = scenarioSchema.parse({
    name: 'imported',
    about: `Imported from ${imported.tool}: ${plain(imported.title)}`.slice(0, 600),
    topology: { server: { role: 'server' }, load: { role: 'load' } },
    workloads: names.map((name) => inputs[name]),
    repeats: imported.blocks.length,
  })
  return {
    schema: 1,
    digest: `imported:${imported.tool}`,
    scenario,
    substrate: 'process',
    why: `imported from ${imported.tool}; what it ran on is not in the file`,
    command: `(imported from ${imported.tool})`,
    harness: 'imported',
    host: 'unknown',
    nodes: [],
    variants: [
      {
        name: variant,
        set: {},
        phases: { warmupMs: 0, measureMs: 0, cooldownMs: 0 },
        nodes: [],
        services: [],
        assignments: [],
        flows: [],
      },
    ],
    blocks: imported.blocks.map((_, index) => ({ index, variant, repeat: index })),
    faults: [],
    expectedMs: 0,
  }
}

/** A title comes from someone else's file: letters, digits and plain punctuation only. */
function plain(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N} ._()/,:=-]/gu, '?')
}

function slug(title: string): string {
  const text = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return text === '' ? 'file' : text.slice(0, 40)
}
