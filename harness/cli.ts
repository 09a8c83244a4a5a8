/** The words of the command line → one call each. Every command answers with an exit status. */
import { Command, CommanderError } from 'commander'
import { analyseCommand } from './commands/analyse.ts'
import { baselineCommand } from './commands/baseline.ts'
import { calibrateCommand } from './commands/calibrate.ts'
import { checkCommand } from './commands/check.ts'
import { compareCommand } from './commands/compare.ts'
import { historyCommand } from './commands/history.ts'
import { imagesCommand } from './commands/images.ts'
import { completionCommand } from './commands/completion.ts'
import { crossCheckCommand } from './commands/cross-check.ts'
import { curveCommand } from './commands/curve.ts'
import { exportCommand } from './commands/export.ts'
import { downCommand, execCommand, upCommand } from './commands/keep.ts'
import { cutCommand, healCommand, impairCommand } from './commands/impair.ts'
import { doctorCommand } from './commands/doctor.ts'
import { listCommand, planCommand, referenceCommand, schemaCommand, validateCommand } from './commands/look.ts'
import type { Register } from './commands/register.ts'
import { misspelt } from './commands/misspelt.ts'
import { runCommand } from './commands/run.ts'
import { setupCommand } from './commands/setup.ts'
import { sweepCommand } from './commands/sweep.ts'
import { describeError } from './commands/error-text.ts'
import { toldError } from './model/error.ts'
import type { World } from './model/world.ts'
import { version } from './version.ts'

const commands: readonly Register[] = [
  runCommand,
  listCommand,
  validateCommand,
  planCommand,
  compareCommand,
  exportCommand,
  checkCommand,
  baselineCommand,
  historyCommand,
  calibrateCommand,
  curveCommand,
  crossCheckCommand,
  doctorCommand,
  setupCommand,
  upCommand,
  execCommand,
  impairCommand,
  cutCommand,
  healCommand,
  downCommand,
  imagesCommand,
  sweepCommand,
  analyseCommand,
  schemaCommand,
  referenceCommand,
  completionCommand,
]

/** Runs one command line; returns the exit status of the process. Never throws. */
export async function cli(world: World): Promise<number> {
  let status = 0
  const run = async (action: () => Promise<number>): Promise<void> => {
    status = await action()
  }
  const program = new Command('bench')
    .description(
      'Test and benchmark harness for NATS, built on FreeBSD jails; runs in containers and plain processes too.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: world.out,
      writeErr: world.err,
      getOutHelpWidth: () => world.columns,
      getOutHasColors: () => world.color,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('hint: --help shows arguments, options and an example')
    .addHelpText(
      'after',
      '\nWithout a command the starter suite scenarios/first runs on the best substrate.\nExample: pnpm bench run scenarios/first/one-to-one.ts --repeats 5',
    )
  for (const register of commands) register(program, run, world)
  try {
    await program.parseAsync([...world.argv], { from: 'user' })
    return status
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 64
    const error = toldError(thrown, world.signal)
    world.err(describeError(error, world.color))
    const meant = misspelt(program, world.argv[0])
    if (meant !== undefined) world.err(`or did you mean the command "pnpm bench ${meant}"?\n`)
    return error.exitStatus
  }
}
