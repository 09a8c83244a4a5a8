/** `bench history`: how one metric went over all stored runs, with change points marked. */
import { resolve } from 'node:path'
import { jsonList } from '../report/json.ts'
import { BenchError } from '../model/error.ts'
import type { HistoryEntry } from '../model/history.ts'
import { warning } from '../model/warning.ts'
import { historyTerminal, seriesOf, type Series } from '../report/history-page.ts'
import { nearest } from '../scenario/nearest.ts'
import { readHistory } from '../store/history.ts'
import { reportsOption, some } from './options.ts'
import type { Register } from './register.ts'
import { sayTo } from './error-text.ts'

interface HistoryWords {
  readonly out: string
  readonly scenario?: string
  readonly host?: string
  readonly metric: string
  readonly json?: boolean
}

export const historyCommand: Register = (program, run, world) => {
  program
    .command('history')
    .description('show a metric over all stored runs, change points marked')
    .argument('[scenario]', 'name of the scenario; without it all of them')
    .option('--metric <name>', 'such as throughput or latency.p99', some('--metric', 'a metric'), 'throughput')
    .option('--host <text>', 'only runs whose host contains this', some('--host', 'a host'))
    .addOption(reportsOption(world))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nOnly runs of one plan, host and substrate form a series.\nExample: pnpm bench history one-to-one --metric latency.p99',
    )
    .action((scenario: string | undefined, words: HistoryWords) =>
      run(async () => {
        const { entries, broken } = await readHistory(resolve(world.cwd, words.out))
        for (const sentence of broken) sayTo(world)(warning(sentence))
        const wanted = { ...words, ...(scenario === undefined ? {} : { scenario }) }
        const runs = entries.filter((entry) => isWanted(entry, wanted))
        const all = seriesOf(runs, ({ metric }) => metric === wanted.metric)
        if (all.length === 0) throw missing(entries, wanted)
        world.out(words.json === true ? jsonList(all.map(plain)) : historyTerminal(all, world))
        return 0
      }),
    )
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
