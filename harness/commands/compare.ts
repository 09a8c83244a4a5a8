/** `bench compare`: runs of any machine and substrate side by side, raw and normalised. */
import { resolve } from 'node:path'
import { jsonList } from '../report/json.ts'
import { BenchError } from '../model/error.ts'
import { compareHtml, compareTerminal } from '../report/compare-page.ts'
import { compareRuns } from '../stats/compare-runs.ts'
import { withFiles } from './asked-files.ts'
import { decimal, reportsOption } from './options.ts'
import { readReport } from './readable.ts'
import type { Register } from './register.ts'

interface CompareWords {
  readonly out: string
  readonly html?: string
  readonly watts?: string
  readonly json?: boolean
}

export const compareCommand: Register = (program, run, world) => {
  program
    .command('compare')
    .description('compare two or more runs: raw, ratio with interval, per core, per GHz, per CPU-second')
    .argument(
      '<run...>',
      'run ids, run folders, report.json files, CSV of nats bench (KIND=FILE says of which kind it is) or JSON of OpenMessaging; the first is the reference',
    )
    .addOption(reportsOption(world))
    .option('--html <file>', 'also as a single HTML file')
    .option('--watts <list>', 'power of each machine in watts, stated or metered, in the order of the runs: 28,5.5')
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', '\nExample: pnpm bench compare amd64/report.json rock64/report.json --html compare.html')
    .action((references: string[], words: CompareWords) =>
      run(async () => {
        if (references.length < 2) throw new BenchError('usage', 'compare must have at least two runs, got one')
        mustNotBeCompared(words.html, references, world.cwd)
        const comparison = await withFiles(world.cwd, { '--html': words.html }, async (write) => {
          const reports = await Promise.all(
            references.map((reference) => readReport(reference, resolve(world.cwd, words.out), world.cwd)),
          )
          const made = compareRuns(reports, undefined, wattsOf(words.watts, reports.length))
          await write('--html', () => compareHtml(made))
          return made
        })
        world.out(words.json === true ? jsonList([comparison]) : compareTerminal(comparison, world))
        return 0
      }),
    )
}

/** What is compared would be gone. */
function mustNotBeCompared(html: string | undefined, references: readonly string[], cwd: string): void {
  if (html === undefined || !references.some((reference) => resolve(cwd, reference) === resolve(cwd, html))) return
  throw new BenchError('usage', `--html must name a file that is not compared, got ${html}`)
}

function wattsOf(text: string | undefined, runs: number): readonly (number | undefined)[] {
  if (text === undefined) return []
  const watts = text.split(',').map((part) => decimal(part.trim()) ?? Number.NaN)
  if (watts.length === runs && watts.every((value) => value > 0 && value < 1e5)) return watts
  throw new BenchError('usage', `--watts must be ${runs} numbers joined by commas, got ${JSON.stringify(text)}`)
}
