/** `bench curve`: the highest sustainable rate, and latency at shares of it. */
import { jsonList } from '../report/json.ts'
import { BenchError } from '../model/error.ts'
import { durationNs } from '../model/units.ts'
import { root } from '../run.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { measureCurve } from './curve-run.ts'
import { resultText } from '../report/terminal.ts'
import { pointsOf } from '../verdict/curve.ts'
import { tellEarlyEnd } from './error-text.ts'
import { openIfAsked, openOption, type OpenWords } from './opened.ts'
import { choicesOf, lengthOptions, placeOptions, type RunWords } from './options.ts'
import { outcomeStatus } from './outcome.ts'
import { progress } from './progress.ts'
import type { Register } from './register.ts'

interface CurveWords extends RunWords, OpenWords {
  readonly limit: string
  readonly json?: boolean
}

/** No machine answers sooner: every rate would be tried and none be found. */
const leastLimitNs = 1000

export const curveCommand: Register = (program, run, world) => {
  openOption(lengthOptions(placeOptions(program.command('curve'))))
    .description('find the highest sustainable rate, then measure latency at 1 % to 105 % of it')
    .argument('<scenario>', 'a scenario with constant or poisson arrivals')
    .option('--limit <duration>', 'p99 latency that still counts as sustained', '10ms')
    .option('--json', 'print the curve as JSON')
    .addHelpText(
      'after',
      '\nSustained: rate reached, nothing lost or late, p99 within the limit, in 2 of 3\ntrials. Status 0: all well. 1: a limit of the scenario does not hold. 2: cannot\ntell; the reasons are listed.\nExample: pnpm bench curve latency --limit 5ms',
    )
    .action((name: string, words: CurveWords) =>
      run(async () => {
        const latencyLimitNs = durationNs(words.limit)
        if (latencyLimitNs === undefined || latencyLimitNs < leastLimitNs)
          throw new BenchError(
            'usage',
            `--limit must be a duration such as 10ms, of at least 1us, got ${JSON.stringify(words.limit)}`,
          )
        const [file = name] = await findScenarios([name], world.cwd, root)
        const talk = progress(world)
        const search = { from: 10_000, most: 5_000_000, latencyLimitNs, tolerance: 0.05, repeats: 3 }
        const curve = await measureCurve(
          {
            scenario: (await loadScenario(file, { signal: world.signal })).scenario,
            choices: choicesOf(words, world),
            search,
            talk,
          },
          world,
        ).finally(talk.close)
        const { report, trials, folder, error } = curve
        const { scenario } = report.plan
        const points = pointsOf(report.curve?.rungs ?? [])
        const short = { scenario: scenario.name, ...report.verdict, ...report.curve, trials, points, folder }
        const text = resultText(report, world)
        world.out(words.json === true ? jsonList([short]) : text)
        tellEarlyEnd(world, error)
        world.err(`run folder: ${folder}\n`)
        await openIfAsked(words, folder, world)
        return error?.exitStatus ?? outcomeStatus([report.verdict.outcome])
      }),
    )
}
