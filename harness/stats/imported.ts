/** Numbers of another tool → a report that `compare` accepts, said to be imported wherever it is shown. */
import type { Imported } from '../model/imported.ts'
import { kinds } from '../model/kinds/kinds.ts'
import { metrics } from '../model/metric.ts'
import type { Plan } from '../model/plan.ts'
import type { Measurement, Report } from '../model/report.ts'
import { scenarioSchema } from '../model/scenario.ts'
import { made } from './made.ts'
import { summaries } from './measure.ts'
import { count } from '../model/count.ts'

/** So that its rows meet those of a run without variants. */
const variant = 'default'

export function isImported({ plan }: Pick<Report, 'plan'>): boolean {
  return plan.substrate === 'imported'
}

/**
 * `at`: ISO 8601, when it was imported; nothing in such files says when they were made. `file`: what it is called beside
 * other runs.
 */
export function reportOfImported(imported: Imported, at: string, file: string): Omit<Report, 'verdict'> {
  const rows = measurementsOf(imported)
  const plan = planOf(imported, rows)
  const host = { name: 'unknown', os: 'unknown', kernel: 'unknown', arch: 'unknown', settings: {} }
  return {
    schema: 1,
    run: plain(file),
    at,
    state: 'complete',
    plan,
    facts: { host, servers: [], node: '', substrate: {} },
    health: remarksOf(imported).map((because) => ({ about: 'import', rule: 'imported', outcome: 'unknown', because })),
    bottlenecks: [],
    measurements: rows,
    summaries: summaries(rows, [variant]),
    nodes: [],
    histograms: [],
    series: [],
    marks: [],
  }
}

function remarksOf({ remarks, payloadBytes }: Imported): string[] {
  return [
    ...remarks,
    payloadBytes === undefined
      ? 'the size of its messages is not in the file, or not the same for all'
      : `its messages have ${count(payloadBytes, 'byte')}`,
    'on which machine and server it ran is not in the file; its workloads stand beside those of the same name and kind',
  ]
}

function measurementsOf({ blocks }: Imported): Measurement[] {
  const table = new Map<string, Measurement & { readonly values: Measurement['values'][number][] }>()
  blocks.forEach((block, index) => {
    for (const { workload, metric, value } of block) {
      const facts = metrics[metric]
      if (facts === undefined) continue
      const key = `${workload}\n${metric}`
      const row = made(table, key, () => ({ workload, metric, unit: facts.unit, better: facts.better, values: [] }))
      row.values.push({ variant, block: index, value })
    }
  })
  return [...table.values()]
}

function planOf(imported: Imported, rows: readonly Measurement[]): Plan {
  const names = Object.entries(imported.kinds).filter(([name]) => rows.some(({ workload }) => workload === name))
  const scenario = scenarioSchema.parse({
    name: slug(imported.tool),
    about: `Imported from ${imported.tool}: ${plain(imported.title)}`.slice(0, 600),
    topology: { server: { role: 'server' }, load: { role: 'load' } },
    workloads: names.map(([name, kind]) => ({
      kind,
      name,
      on: 'load',
      to: 'server',
      ...kinds[kind].imported?.fields(imported.payloadBytes ?? 0),
    })),
    repeats: imported.blocks.length,
  })
  return {
    schema: 1,
    digest: `imported:${imported.tool}`,
    scenario,
    substrate: 'imported',
    why: `imported from ${imported.tool}; what it ran on is not in the file`,
    command: `(imported from ${imported.tool})`,
    harness: '',
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

function slug(tool: Imported['tool']): string {
  return tool.toLowerCase().replaceAll(' ', '-')
}
