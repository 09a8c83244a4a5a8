/** `bench` and `bench run`: scenarios in, recordings and reports out, the worst verdict as exit status. */
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Register } from './register.ts'
import { jsonList } from '../report/json.ts'
import { asBenchError, BenchError, toldError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import type { Expanded, Overrides } from '../model/expanded.ts'
import { known } from '../model/known.ts'
import { warning } from '../model/warning.ts'
import type { World } from '../model/world.ts'
import { suiteText, type SuiteEntry } from '../report/suite-text.ts'
import { terminal, terminalQuiet, terminalShort, type TerminalOptions } from '../report/terminal.ts'
import { fileNames } from '../store/run-folder.ts'
import { describeError, sayTo, tellEarlyEnd } from './error-text.ts'
import { enterHistory, judgeRun, writeReport, writeSuite, overridesOf, prepare, recordRun, root } from '../run.ts'
import { onHost, type Session } from '../session.ts'
import { loadScenario } from '../scenario/load.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { fitSuite } from './fit.ts'
import { openFile, openOption, type OpenWords } from './opened.ts'
import { choicesOf, lengthOptions, placeOptions, rateOption, refuseIdleRate, type RunWords } from './options.ts'
import { outcomeStatus } from './outcome.ts'
import { onceEach, progress, silence, type Progress } from './progress.ts'

export const runCommand: Register = (program, run, world) => {
  const describe = (command: Command) =>
    openOption(rateOption(lengthOptions(placeOptions(command))))
      .argument('[scenario...]', 'scenario files, folders or names from "bench list"', [starterSuite])
      .option('--json', 'print the reports as JSON, and nothing else, on stdout')
      .option('--verbose', 'show all tables for every scenario of a suite')
      .option('--quiet', 'print verdicts only: no progress, no tables')
      .action((names: string[], words: ReportWords) => run(() => runScenarios(names, words, world)))
  describe(program.command('run', { isDefault: true }))
    .description('run scenarios and report')
    .addHelpText('after', '\nExample: pnpm bench run one-to-one latency --on process --repeats 5 --measure 5s')
}

interface ReportWords extends RunWords, OpenWords {
  readonly json?: boolean
  readonly verbose?: boolean
  readonly quiet?: boolean
}

/** What is printed of each scenario. */
type Form = (report: Report, options: TerminalOptions) => string

function formOf({ json, verbose, quiet }: ReportWords, scenarios: number): Form | undefined {
  if (json === true) return undefined
  if (quiet === true) return terminalQuiet
  return scenarios === 1 || verbose === true ? terminal : terminalShort
}

async function runScenarios(names: readonly string[], words: ReportWords, world: World): Promise<number> {
  const choices = choicesOf(words, world)
  const files = await findScenarios([...names], world.cwd, root)
  // A file that is wrong is found before anything is measured.
  const scenarios: Expanded[] = []
  for (const file of files)
    scenarios.push(await loadScenario(file, { overrides: overridesOf(choices), signal: world.signal }))
  refuseIdleRate(choices, scenarios)
  const fits = words.rate === undefined && (await isStarterSuite(files))
  const talk = words.quiet === true ? silence(world) : progress(world)
  const say = onceEach(talk.say)
  const ran: Ran[] = []
  await onHost(world, choices, { say, exclusive: true, keep: true }, async (session) => {
    for (const scenario of fits ? await fitted(session, files, scenarios, talk) : scenarios) {
      ran.push(await runOne(session, scenario, talk, formOf(words, scenarios.length)))
      // This session has the host alone: if one scenario is refused as busy, all are.
      if (world.signal.aborted || ran.at(-1)?.error?.code === 'busy') break
    }
  }).finally(talk.close)
  const reports = ran.flatMap(({ report }) => report ?? [])
  let [page] = ran.flatMap(({ folder }) => (folder === undefined ? [] : [join(folder, fileNames.page)]))
  if (ran.length > 1 && reports.length > 0) {
    page = await writeSuite(choices.out, reports)
    const text = suiteText(ran, world)
    if (words.json === true) world.err(text)
    else world.out(text)
    talk.say(`all in one page: ${page}`)
  }
  if (words.open === true && page !== undefined) await openFile(page, world)
  if (words.json === true) world.out(jsonList(reports))
  if (world.signal.aborted) return new BenchError('interrupted', 'interrupted').exitStatus
  // What ended a run early says more than the verdict on what it left.
  const status = ran.find(({ error }) => error !== undefined)?.error?.exitStatus
  return status ?? outcomeStatus(reports.map((report) => report.verdict.outcome))
}

const starterSuite = 'scenarios/first'

async function isStarterSuite(files: readonly string[]): Promise<boolean> {
  const starter = await findScenarios([starterSuite], root, root)
  return files.length === starter.length && starter.every((file) => files.includes(file))
}

/** The same scenarios, with a rate and a measured time laid over those that do not fit the machine. */
async function fitted(
  session: Session,
  files: readonly string[],
  own: readonly Expanded[],
  { observe }: Progress,
): Promise<Expanded[]> {
  const fits = await fitSuite(session, own, observe)
  // What was asked for in words goes before what fits.
  const asked = known<Overrides>(overridesOf(session.choices))
  const laid: Expanded[] = []
  for (const [i, expanded] of own.entries()) {
    const [file, fit = {}] = [files[i], fits[i]]
    const same = file === undefined || Object.keys(fit).length === 0
    laid.push(
      same ? expanded : await loadScenario(file, { overrides: { ...fit, ...asked }, signal: session.world.signal }),
    )
  }
  return laid
}

interface Ran extends SuiteEntry {
  readonly report?: Report
  readonly folder?: string
  /** What ended it early, or kept it from running. */
  readonly error?: BenchError
}

/** Never throws for what is wrong with this scenario: the others still run. */
async function runOne(session: Session, expanded: Expanded, talk: Progress, form: Form | undefined): Promise<Ran> {
  const { world, choices } = session
  const { scenario } = expanded
  try {
    const prepared = await prepare(session, expanded)
    session.say(prepared.plan.why)
    const recorded = await recordRun(prepared, { observe: talk.observe })
    const { folder } = recorded
    const report = await judgeRun(folder)
    talk.clear()
    // Printed before anything else can fail: what was measured is not lost to a full disk.
    if (form !== undefined) world.out(`${form(report, world)}\n`)
    const unwritten = await keepReport(choices.out, folder, report, world)
    const error = recorded.error ?? unwritten
    tellEarlyEnd(world, error)
    talk.say(`run folder: ${folder}`)
    return { scenario: scenario.name, report, folder, ...(error === undefined ? {} : { error }) }
  } catch (thrown) {
    const error = toldError(thrown, world.signal)
    talk.clear()
    world.err(describeError(error, world.color))
    return { scenario: scenario.name, error }
  }
}

/** Files of the report, history and index. Answers with what kept them from being written: the run itself went on. */
async function keepReport(out: string, folder: string, report: Report, world: World): Promise<BenchError | undefined> {
  try {
    await writeReport(folder, report)
    await enterHistory(out, report, (sentence) => sayTo(world)(warning(sentence)))
    return undefined
  } catch (error) {
    return asBenchError(error)
  }
}
