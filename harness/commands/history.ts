/** `bench history`: how one metric went over all stored runs, with change points marked. */
import { resolve } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { HistoryEntry, HistoryMetric } from '../model/history.ts'
import { quantity } from '../report/format.ts'
import { fold, width } from '../report/style-text.ts'
import { hanging } from '../report/terminal.ts'
import { nearest } from '../scenario/nearest.ts'
import { changePoints, type ChangePoint } from '../stats/change-points.ts'
import { readHistory } from '../store/history.ts'
import { reportsOption } from './options.ts'
import type { Register } from './register.ts'

interface HistoryWords {
  readonly out: string
  readonly scenario?: string
  readonly host?: string
  readonly metric: string
  readonly json?: boolean
}

interface Point {
  readonly entry: HistoryEntry
  readonly metric: HistoryMetric
}

interface Series {
  readonly name: string
  readonly points: readonly Point[]
  readonly changes: readonly ChangePoint[]
}

export const historyCommand: Register = (program, run, world) => {
  program
    .command('history')
    .description('the series of a metric over all stored runs, change points marked')
    .argument('[scenario]', 'name of the scenario; all where absent')
    .option('--metric <name>', 'such as throughput or latency.p99', 'throughput')
    .option('--host <text>', 'only runs whose host contains this')
    .addOption(reportsOption(world))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nOnly runs of one plan, host and substrate form a series.\nExample: pnpm bench history one-to-one --metric latency.p99',
    )
    .action((scenario: string | undefined, words: HistoryWords) =>
      run(async () => {
        const { entries, broken } = await readHistory(resolve(world.cwd, words.out))
        for (const sentence of broken) world.err(`warning: ${sentence}\n`)
        const wanted = { ...words, ...(scenario === undefined ? {} : { scenario }) }
        const all = seriesOf(entries, wanted)
        if (all.length === 0) throw missing(entries, wanted)
        world.out(
          words.json === true
            ? `${JSON.stringify(all.map(plain), null, 2)}\n`
            : `${all.map((series) => text(series, world.columns)).join('\n\n')}\n`,
        )
        return 0
      }),
    )
}

function seriesOf(entries: readonly HistoryEntry[], wanted: HistoryWords): readonly Series[] {
  const table = new Map<string, Point[]>()
  for (const entry of entries) {
    if (!isWanted(entry, wanted)) continue
    for (const metric of entry.metrics.filter((row) => row.metric === wanted.metric)) {
      const place = [metric.workload, metric.variant === 'default' ? '' : metric.variant]
        .filter((part) => part !== '')
        .join(' ')
      const name = `${entry.scenario} ${place} ${metric.metric} on ${entry.substrate}, ${entry.host} [plan ${entry.digest.slice(0, 8)}]`
      const points = table.get(name) ?? []
      points.push({ entry, metric })
      table.set(name, points)
    }
  }
  return [...table].map(([name, points]) => ({
    name,
    points,
    changes: changePoints(points.map(({ metric }) => metric.median)),
  }))
}

function isWanted({ state, scenario, host }: HistoryEntry, wanted: HistoryWords): boolean {
  if (state !== 'complete' || (wanted.scenario !== undefined && scenario !== wanted.scenario)) return false
  return wanted.host === undefined || host.includes(wanted.host)
}

/** Says what is stored instead: metrics of the wanted runs, or scenarios and hosts of all. */
function missing(entries: readonly HistoryEntry[], wanted: HistoryWords): BenchError {
  const { metric, scenario, host } = wanted
  const runs = entries.filter((entry) => isWanted(entry, wanted))
  if (runs.length > 0) {
    const there = [...new Set(runs.flatMap(({ metrics }) => metrics.map((row) => row.metric)))].sort()
    const near = nearest(metric, there)
    const meant = near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`
    return new BenchError(
      'not-found',
      `--metric must be one of the stored runs, got ${JSON.stringify(metric)}${meant}`,
      {
        lines: [`stored: ${there.join(', ')}`],
        hint: `pnpm bench history --metric ${near ?? there[0] ?? 'throughput'}`,
      },
    )
  }
  const complete = entries.filter(({ state }) => state === 'complete')
  const asked = [...(scenario === undefined ? [] : [`of ${scenario}`]), ...(host === undefined ? [] : [`on ${host}`])]
  const lines = [
    `stored scenarios: ${[...new Set(complete.map((entry) => entry.scenario))].sort().join(', ')}`,
    `stored hosts: ${[...new Set(complete.map((entry) => entry.host))].sort().join(', ')}`,
  ]
  return new BenchError('not-found', `a complete run ${[...asked, 'must be stored'].join(' ')}, got none`, {
    lines: complete.length === 0 ? [] : lines,
    hint: 'pnpm bench run makes one; --out says in which folder runs are',
  })
}

function plain({ name, points, changes }: Series) {
  return {
    name,
    points: points.map(({ entry, metric }) => ({
      run: entry.run,
      at: entry.at,
      version: entry.version,
      median: metric.median,
      unit: metric.unit,
    })),
    changes,
  }
}

/** A line a run: when, which server, the median and a bar; the bar gives way where there is no room. */
function text({ name, points, changes }: Series, columns: number): string {
  const most = Math.max(...points.map(({ metric }) => metric.median))
  const rows = points.map(({ entry, metric }, index) => {
    const change = changes.find((point) => point.index === index)
    const when = `${entry.at.slice(0, 16).replace('T', ' ')} UTC`
    const value = quantity(metric.median, metric.unit).padStart(14)
    const mark =
      change === undefined ? '' : `◀ change point (${((change.after / change.before - 1) * 100).toFixed(1)} %)`
    const head = `  ${when}  ${columns < 60 ? '' : entry.version.padEnd(8)} ${value}`
    const room = Math.min(30, columns - head.length - 2 - (mark === '' ? 0 : mark.length + 2))
    const bar = room < 4 ? '' : '█'.repeat(Math.max(1, Math.round((room * metric.median) / (most || 1))))
    return [head, bar, mark]
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd()
  })
  return [...fold(name, columns), ...rows.flatMap((row) => fit(row, columns))].join('\n')
}

/** What is still too wide goes on below. */
function fit(row: string, columns: number): readonly string[] {
  if (width(row) <= columns) return [row]
  return hanging(row.trim(), columns, 2, 4)
}
