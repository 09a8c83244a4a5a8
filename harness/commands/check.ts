/** `bench check` and `bench baseline`: did anything get worse? */
import { resolve } from 'node:path'
import { serverChoice, type Choices } from '../choices.ts'
import { jsonList } from '../report/json.ts'
import type { CheckReport } from '../model/check-report.ts'
import { pinnedVersion } from '../model/pinned.ts'
import type { Scenario } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { annotations, junit } from '../report/check-machine.ts'
import { checkMarkdown, checkTerminal } from '../report/check-page.ts'
import { asBenchError, type BenchError } from '../model/error.ts'
import { root } from '../run.ts'
import { onHost, type Session } from '../session.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import type { Margins } from '../verdict/margins.ts'
import { firstPairs, mostPatientPairs, usualSettings } from '../verdict/check.ts'
import { withFiles } from './asked-files.ts'
import { checkBaseline, checkInterleaved, type Checked } from './check-run.ts'
import { bothSides, fewestPairs, marginsOf, refuseBesideBaseline, refuseRepeats, type Sides } from './check-words.ts'
import { describeError, tellEarlyEnd } from './error-text.ts'
import { openIfAsked, openOption, type OpenWords } from './opened.ts'
import { choicesOf, collect, duration, lengthOptions, placeOptions, wholeNumber, type RunWords } from './options.ts'
import { outcomeStatus } from './outcome.ts'
import { progress, type Progress } from './progress.ts'
import type { Register } from './register.ts'

const usualBudgetMs = 20 * 60_000

interface CheckWords extends RunWords, OpenWords {
  readonly base?: string
  readonly head?: string
  readonly baseline?: string | true
  readonly pairs: number
  readonly untilDecided?: boolean
  readonly budget?: number
  readonly margin?: readonly string[]
  readonly markdown?: string
  readonly junit?: string
  readonly annotations?: boolean
  readonly json?: boolean
}

export const checkCommand: Register = (program, run, world) => {
  openOption(lengthOptions(placeOptions(program.command('check'))))
    .description('check for regressions: two servers in turn on one host, or one against a baseline')
    .argument('<scenario...>', 'scenario files, folders or names')
    .option('--base <server>', `the old nats-server: version, path or git ref; without it ${pinnedVersion}`)
    .option('--head <server>', 'the new nats-server: version, path or git ref')
    .option('--baseline [file]', 'check against a stored baseline instead; the new server is --server')
    .option('--pairs <n>', 'pairs of blocks to measure first', wholeNumber('--pairs', fewestPairs, 500), firstPairs)
    .option('--until-decided', 'add pairs until every metric is decided, at most 60 pairs instead of 40')
    .option('--budget <duration>', 'start no pairs after this time (default: 20m)', duration('--budget'))
    .option(
      '--margin <metric=percent>',
      'percentage of change that does not matter, repeatable: latency.p99=5',
      collect,
    )
    .option('--markdown <file>', 'also as Markdown, for a pull request or job summary')
    .option('--junit <file>', 'also as JUnit XML')
    .option('--annotations', 'also as ::error and ::warning lines, for GitHub workflows; on stderr beside --json')
    .option('--json', 'print the checks as JSON')
    .addHelpText(
      'after',
      '\nStatus 0: nothing worse. 1: worse. 2: cannot tell.\nExample: pnpm bench check latency --base 2.15.1 --head ./nats-server --until-decided',
    )
    .action((names: string[], words: CheckWords) => run(() => checkAll(names, words, world)))
}

async function checkAll(names: readonly string[], words: CheckWords, world: World): Promise<number> {
  const margins = marginsOf(words.margin ?? [])
  if (words.baseline !== undefined) refuseBesideBaseline({ ...words })
  else refuseRepeats(words.repeats)
  const against = words.baseline === undefined ? sides(words, world) : undefined
  const choices = choicesOf(words, world)
  // A file that is wrong is found before anything is measured.
  const scenarios: Scenario[] = []
  for (const file of await findScenarios([...names], world.cwd, root))
    scenarios.push((await loadScenario(file, { signal: world.signal })).scenario)
  const asked = { '--markdown': words.markdown, '--junit': words.junit }
  const { reports, error } = await withFiles(world.cwd, asked, async (write) => {
    const made = await checkEach(scenarios, choices, words, { margins, against }, world)
    await write('--markdown', () => checkMarkdown(made.reports))
    await write('--junit', () => junit(made.reports))
    return made
  })
  // stdout is that of the JSON alone; GitHub reads both.
  if (words.annotations === true) (words.json === true ? world.err : world.out)(annotations(reports))
  if (words.json === true) world.out(jsonList(reports))
  await openIfAsked(words, reports[0]?.folder, world)
  // What ended a check early says more than the verdict on what it left.
  return error?.exitStatus ?? outcomeStatus(reports.map(({ verdict }) => verdict.outcome))
}

interface AllChecked {
  readonly reports: readonly CheckReport[]
  /** The first that ended a check early. */
  readonly error?: BenchError | undefined
}

async function checkEach(
  scenarios: readonly Scenario[],
  choices: Choices,
  words: CheckWords,
  asked: Asked,
  world: World,
): Promise<AllChecked> {
  const talk = progress(world)
  const reports: CheckReport[] = []
  let first: BenchError | undefined
  await onHost(world, choices, { say: talk.say, exclusive: true }, async (session) => {
    for (const scenario of scenarios) {
      const { report, error } = await checkOne(session, talk, scenario, words, asked)
      if (report !== undefined) reports.push(report)
      first ??= error
      // This session has the host alone: if one check is refused as busy, all are.
      if (world.signal.aborted || error?.code === 'busy') break
    }
  }).finally(talk.close)
  return { reports, error: first }
}

interface Asked {
  readonly margins: Margins
  /** Absent for a check against a baseline. */
  readonly against: Sides | undefined
}

/** Never throws for what is wrong with this scenario: the others are still checked. */
async function checkOne(
  session: Session,
  talk: Progress,
  scenario: Scenario,
  words: CheckWords,
  { margins, against }: Asked,
): Promise<Partial<Checked>> {
  const { world } = session
  try {
    const request = { session, scenario, margins, talk }
    const checked =
      against === undefined
        ? await checkBaseline({ ...request, ...baselineFile(words, world) })
        : await checkInterleaved({ ...request, ...against, ...effort(words) })
    const { report, error } = checked
    talk.clear()
    if (words.json !== true) world.out(checkTerminal(report, world))
    tellEarlyEnd(world, error)
    world.err(`run folder: ${report.folder}\n`)
    return checked
  } catch (thrown) {
    const error = asBenchError(thrown)
    talk.clear()
    world.err(describeError(error, world.color))
    return { error }
  }
}

function baselineFile({ baseline }: CheckWords, world: World): { readonly file?: string } {
  return typeof baseline === 'string' ? { file: resolve(world.cwd, baseline) } : {}
}

function sides(words: CheckWords, world: World): Sides {
  const choice = (option: '--base' | '--head', text: string | undefined) =>
    text === undefined ? undefined : serverChoice(text, world.cwd, option)
  return bothSides(choice('--base', words.base), choice('--head', words.head))
}

function effort(words: CheckWords) {
  const mostPairs = Math.max(words.untilDecided === true ? mostPatientPairs : usualSettings.mostPairs, words.pairs)
  return { pairs: words.pairs, settings: { mostPairs }, budgetMs: words.budget ?? usualBudgetMs }
}
