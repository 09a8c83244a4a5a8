/** `bench calibrate-check`: the error rates of the regression check, measured by simulation. */
import { calibrate, calmNoise, realNoise, type Noise, type Outcomes } from '../verdict/simulate.ts'
import { wholeNumber } from './options.ts'
import type { Register } from './register.ts'

const noises: readonly (readonly [string, Noise])[] = [
  ['calm, 2 %', calmNoise],
  ['remembering, heavy-tailed, drifting, 2 %', realNoise],
  ['the same at 5 %', { ...realNoise, spread: 0.05 }],
]

interface Row {
  readonly noise: string
  readonly shift: number
  readonly outcomes: Outcomes
}

export const calibrateCommand: Register = (program, run, world) => {
  program
    .command('calibrate-check')
    .description('how often the regression check is wrong: simulated checks of an unchanged and of a 5 % slower server')
    .option('--decisions <n>', 'simulated checks of each kind', wholeNumber('--decisions', 10, 100_000), 2000)
    .option('--seed <n>', 'of the simulation', wholeNumber('--seed', 0, 2 ** 31), 1)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: pnpm bench calibrate-check --decisions 5000')
    .action((words: { decisions: number; seed: number; json?: boolean }) =>
      run(() => {
        const { decisions, seed } = words
        const rows = noises.flatMap(([noise, model]) =>
          [0, 0.05].map((shift): Row => ({
            noise,
            shift,
            outcomes: calibrate({ seed, decisions, noise: model, shift }),
          })),
        )
        world.out(words.json === true ? `${JSON.stringify(rows, null, 2)}\n` : `${rows.map(text).join('\n')}\n`)
        return Promise.resolve(0)
      }),
    )
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
