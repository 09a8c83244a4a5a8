/** `bench` and `bench run`: scenarios in, recordings and reports out, the worst verdict as exit status. */
import type { Command } from 'commander'
import type { Register } from './register.ts'
import { BenchError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { terminal } from '../report/terminal.ts'
import { describeError } from './error-text.ts'
import type { Choices } from '../choices.ts'
import { analyseRun, enterHistory, writeSuite, prepare, recordRun, root } from '../run.ts'
import { loadScenario } from '../scenario/load.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { choicesOf, lengthOptions, placeOptions, type RunWords } from './options.ts'
import { outcomeStatus } from './outcome.ts'
import { progress } from './progress.ts'

export const runCommand: Register = (program, run, world) => {
  const describe = (command: Command) =>
    lengthOptions(placeOptions(command))
      .argument('[scenario...]', 'scenario files, folders or names from "bench list"', ['scenarios/first'])
      .option('--json', 'print the reports as JSON, and nothing else, on stdout')
      .action((names: string[], words: RunWords & { json?: boolean }) => run(() => runScenarios(names, words, world)))
  describe(program.command('run', { isDefault: true }))
    .description('run scenarios and report')
    .addHelpText('after', '\nExample: pnpm bench run one-to-one latency --on process --repeats 5 --measure 5s')
}

async function runScenarios(
  names: readonly string[],
  words: RunWords & { json?: boolean },
  world: World,
): Promise<number> {
  const choices = choicesOf(words, world)
  const files = await findScenarios([...names], world.cwd, root)
  const reports: Report[] = []
  const errors: BenchError[] = []
  for (const file of files) {
    const { report, error } = await runOne(file, choices, world, words.json === true)
    reports.push(report)
    if (error !== undefined) errors.push(error)
    if (world.signal.aborted) break
  }
  if (reports.length > 1) world.err(`all in one page: ${await writeSuite(choices.out, reports)}\n`)
  if (words.json === true) world.out(`${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`)
  if (world.signal.aborted) return new BenchError('interrupted', 'interrupted').exitStatus
  // What ended a run early says more than the verdict on what it left.
  return errors[0]?.exitStatus ?? outcomeStatus(reports.map((report) => report.verdict.outcome))
}

interface Ran {
  readonly report: Report
  /** What ended it early. */
  readonly error?: BenchError
}

async function runOne(file: string, choices: Choices, world: World, quiet: boolean): Promise<Ran> {
  const talk = progress(world)
  try {
    const prepared = await prepare(world, await loadScenario(file), choices, talk.say)
    talk.say(`${prepared.scenario.name}: ${prepared.plan.why}`)
    const recorded = await recordRun(world, prepared, { observe: talk.observe })
    const report = await analyseRun(recorded.folder)
    await enterHistory(choices.out, report)
    talk.close()
    if (!quiet) world.out(`${terminal(report, { color: world.color, columns: world.columns })}\n`)
    const { error, folder } = recorded
    if (error !== undefined && error.code !== 'interrupted') world.err(describeError(error, world.color))
    world.err(`run folder: ${folder}\n`)
    return { report, ...(error === undefined ? {} : { error }) }
  } finally {
    talk.close()
  }
}
