/** `bench calibrate-check`: the error rates of the regression check, measured by simulation. */
import { resolve } from 'node:path'
import { jsonList } from '../report/json.ts'
import type { World } from '../model/world.ts'
import { recordedNoise } from '../verdict/recorded-noise.ts'
import { calibrate, calmNoise, realNoise, type Noise, type Outcomes } from '../verdict/simulate.ts'
import { readReport } from './readable.ts'
import { collect, wholeNumber, reportsOption } from './options.ts'
import type { Register } from './register.ts'

type Named = readonly [string, Noise]

const models: readonly Named[] = [
  ['calm, 2 %', calmNoise],
  ['autocorrelated, heavy-tailed, drifting, 2 %', realNoise],
  ['the same at 5 %', { ...realNoise, spread: 0.05 }],
  ['calm, 5 %', { ...calmNoise, spread: 0.05 }],
]

interface CalibrateWords {
  readonly decisions: number
  readonly seed: number
  readonly from?: readonly string[]
  readonly out: string
  readonly json?: boolean
}

interface Row {
  readonly noise: string
  readonly shift: number
  readonly outcomes: Outcomes
}

export const calibrateCommand: Register = (program, run, world) => {
  program
    .command('calibrate-check')
    .description('measure how often the regression check is wrong, by simulation: the server unchanged, and 5 % slower')
    .option('--decisions <n>', 'simulated checks of each kind', wholeNumber('--decisions', 10, 100_000), 2000)
    .option('--seed <n>', 'of the simulation', wholeNumber('--seed', 0, 2 ** 31), 1)
    .option('--from <run>', 'draw the noise from this run of one server (A/A) instead; repeatable', collect)
    .addOption(reportsOption(world))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExample: pnpm bench run scenarios/calibration/aa.ts --repeats 15 && pnpm bench calibrate-check --from latest',
    )
    .action((words: CalibrateWords) =>
      run(async () => {
        const { decisions, seed } = words
        const noises = words.from === undefined ? models : [await recorded(words.from, words.out, world)]
        const rows = noises.flatMap(([noise, model]) =>
          [0, 0.05].map((shift): Row => ({
            noise,
            shift,
            outcomes: calibrate({ seed, decisions, noise: model, shift }),
          })),
        )
        world.out(words.json === true ? jsonList(rows) : `${rows.map(text).join('\n')}\n`)
        return 0
      }),
    )
}

async function recorded(from: readonly string[], out: string, world: World): Promise<Named> {
  const reports = await Promise.all(from.map((run) => readReport(run, resolve(world.cwd, out), world.cwd)))
  const { noise, series } = recordedNoise(reports)
  world.err(`${series.join('\n')}\n`)
  const share = (value: number) => `${(value * 100).toFixed(1)} %`
  return [`recorded, ${share(noise.spread)}, autocorrelation ${noise.memory.toFixed(2)}`, noise]
}

function text({ noise, shift, outcomes }: Row): string {
  const { decisions, alarms, answers, meanPairs } = outcomes
  const share = (count: number) => `${((count / decisions) * 100).toFixed(2)} %`
  const head = `${noise.padEnd(42)} ${shift === 0 ? 'no change   ' : `${shift * 100} % slower  `}`
  const found =
    shift === 0
      ? `false alarms ${share(alarms)}`
      : `found ${share(answers.worse)}, called the same ${share(answers.same)}`
  return `${head} ${found}; ${meanPairs.toFixed(1)} pairs a check, ${decisions} checks`
}
