/** `bench baseline save | list | show`: runs that later ones are compared with. */
import { resolve } from 'node:path'
import { terminal } from '../report/terminal.ts'
import { judgeRun } from '../run.ts'
import { listBaselines, readBaseline, saveBaseline } from '../store/baselines.ts'
import { refuseNoBaseline, tooFewBlocks, usualBlocks } from '../verdict/baseline.ts'
import { findRun } from '../store/runs.ts'
import { reportsOption } from './options.ts'
import type { Register } from './register.ts'
import { outcomeWords } from '../model/check-report.ts'
import { BenchError } from '../model/error.ts'
import { warning } from '../model/warning.ts'
import { sayTo } from './error-text.ts'

export const baselineCommand: Register = (program, run, world) => {
  const baseline = program
    .command('baseline')
    .description('keep runs for "bench check --baseline"')
    .addHelpText('after', '\nExample: pnpm bench baseline save latest')
  const folder = (words: { out: string }) => resolve(world.cwd, words.out)

  baseline
    .command('save')
    .description('keep a run as the baseline of its host and scenario')
    .argument('[run]', 'run id, the beginning of one, a folder, or "latest"', 'latest')
    .addOption(reportsOption(world))
    .addHelpText('after', '\nExample: pnpm bench baseline save latest')
    .action((reference: string, words: { out: string }) =>
      run(async () => {
        const { run: id, path } = await findRun(reference, folder(words), world.cwd)
        const report = await judgeRun(path)
        refuseNoBaseline(report, `run ${id}`)
        if (report.verdict.outcome !== 'pass') {
          throw new BenchError(
            'usage',
            `a baseline must be a run that passed, got ${outcomeWords[report.verdict.outcome]}`,
            {
              lines: report.verdict.findings.filter(({ outcome }) => outcome !== 'pass').map(({ because }) => because),
              hint: 'measure again on a quiet machine',
            },
          )
        }
        const saved = await saveBaseline(folder(words), report)
        const few = tooFewBlocks(report, usualBlocks)
        if (few !== undefined) sayTo(world)(warning(few))
        world.out(`${saved.path}\n`)
        return 0
      }),
    )

  baseline
    .command('list')
    .description('list all stored baselines')
    .addOption(reportsOption(world))
    .addHelpText('after', '\nExample: pnpm bench baseline list')
    .action((words: { out: string }) =>
      run(async () => {
        const all = await listBaselines(folder(words))
        world.out(
          all.length === 0
            ? 'no baseline yet\n'
            : all.map(({ host, scenario, path }) => `${host}  ${scenario}  ${path}\n`).join(''),
        )
        return 0
      }),
    )

  baseline
    .command('show')
    .description('show the numbers of a baseline')
    .argument('<scenario>', 'name of the scenario')
    .addOption(reportsOption(world))
    .addHelpText('after', '\nExample: pnpm bench baseline show one-to-one')
    .action((scenario: string, words: { out: string }) =>
      run(async () => {
        const found = (await listBaselines(folder(words))).filter((entry) => entry.scenario === scenario)
        if (found.length === 0)
          throw new BenchError('not-found', `baseline of ${JSON.stringify(scenario)} must exist, got none`)
        for (const { path } of found) {
          world.out(`${path}\n${terminal(await readBaseline(path), world)}\n`)
        }
        return 0
      }),
    )
}
