/** `bench curve`: the highest sustainable rate, and latency at shares of it. */
import { BenchError } from '../model/error.ts'
import { durationNs } from '../model/units.ts'
import { quantity } from '../report/format.ts'
import { root } from '../run.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { measureCurve, type Curve } from './curve-run.ts'
import { choicesOf, lengthOptions, placeOptions, type RunWords } from './options.ts'
import { outcomeStatus } from './outcome.ts'
import { progress } from './progress.ts'
import type { Register } from './register.ts'

interface CurveWords extends RunWords {
  readonly limit: string
  readonly json?: boolean
}

export const curveCommand: Register = (program, run, world) => {
  lengthOptions(placeOptions(program.command('curve')))
    .description('find the highest sustainable rate, then measure latency at 1 % to 105 % of it')
    .argument('<scenario>', 'a scenario with constant or poisson arrivals')
    .option('--limit <duration>', 'p99 latency that still counts as sustained', '10ms')
    .option('--json', 'print the curve as JSON')
    .addHelpText(
      'after',
      '\nSustained: rate reached, nothing lost or late, p99 within the limit, in 2 of 3 trials.\nExample: pnpm bench curve latency --limit 5ms',
    )
    .action((name: string, words: CurveWords) =>
      run(async () => {
        const latencyLimitNs = durationNs(words.limit)
        if (latencyLimitNs === undefined)
          throw new BenchError('usage', `--limit must be a duration such as 10ms, got ${JSON.stringify(words.limit)}`)
        const [file = name] = await findScenarios([name], world.cwd, root)
        const talk = progress(world)
        const search = { from: 10_000, most: 5_000_000, latencyLimitNs, tolerance: 0.05, repeats: 3 }
        const curve = await measureCurve(
          { scenario: await loadScenario(file), choices: choicesOf(words, world), search, talk },
          world,
        ).finally(talk.close)
        const { report: _report, ...short } = curve
        world.out(words.json === true ? `${JSON.stringify(short, null, 2)}\n` : `${text(curve)}\n`)
        world.err(`run folder: ${curve.folder}\n`)
        return outcomeStatus([curve.report.verdict.outcome])
      }),
    )
}

function text({ sustainable, because, points, knee }: Curve): string {
  const most = Math.max(...points.map(({ latencyNs }) => latencyNs))
  const least = Math.min(...points.map(({ latencyNs }) => latencyNs))
  const bar = (value: number) =>
    '█'.repeat(1 + Math.round((29 * Math.log(value / least)) / Math.max(1e-9, Math.log(most / least))))
  const rows = points.map(({ perSecond, latencyNs }) => {
    const rate = quantity(perSecond, 'msg/s').padStart(14)
    const mark = knee?.perSecond === perSecond ? '  ← knee' : ''
    return `  ${`${Math.round((perSecond / sustainable) * 100)} %`.padStart(5)} ${rate}  p99 ${quantity(latencyNs, 'ns').padStart(9)}  ${bar(latencyNs)}${mark}`
  })
  return [`highest sustainable rate: ${quantity(sustainable, 'msg/s')} (${because})`, ...rows].join('\n')
}
