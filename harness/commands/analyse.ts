/** `bench analyse`: report and verdict made again from the recording. */
import { outcomeStatus } from './outcome.ts'
import { jsonList } from '../report/json.ts'
import { warning } from '../model/warning.ts'
import { resultText } from '../report/terminal.ts'
import { analyseRun, enterHistory } from '../run.ts'
import { findRun } from '../store/runs.ts'
import { openIfAsked, openOption, type OpenWords } from './opened.ts'
import { reportsOption } from './options.ts'
import type { Register } from './register.ts'
import { dirname, resolve } from 'node:path'
import { sayTo } from './error-text.ts'

export const analyseCommand: Register = (program, run, world) => {
  openOption(program.command('analyse'))
    .description('recompute report and verdict of a run from its recording')
    .argument('[run]', 'run id, the beginning of one, a run folder, or "latest"', 'latest')
    .addOption(reportsOption(world))
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample: pnpm bench analyse latest')
    .action((reference: string, words: OpenWords & { out: string; json?: boolean }) =>
      run(async () => {
        const out = resolve(world.cwd, words.out)
        const { path } = await findRun(reference, out, world.cwd)
        const report = await analyseRun(path)
        // A run that lies elsewhere has its history there, if anywhere.
        if (dirname(path) === out) await enterHistory(out, report, (sentence) => sayTo(world)(warning(sentence)))
        world.out(words.json === true ? jsonList([report]) : `${resultText(report, world)}\n`)
        await openIfAsked(words, path, world)
        return outcomeStatus([report.verdict.outcome])
      }),
    )
}
