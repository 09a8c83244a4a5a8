/** `bench setup`: what turns a bare FreeBSD host into one for jails, shown; done after a yes; taken back. */
import { interruptible } from '../host/interruptible.ts'
import { hostOf } from '../host/machine.ts'
import type { Host } from '../host/host.ts'
import { patiently } from '../host/patience.ts'
import { BenchError } from '../model/error.ts'
import type { World } from '../model/world.ts'
import { commandText, remedyText } from '../substrate/bastille/remedy.ts'
import { applySteps, stepsOf, undoable, undoSteps } from '../substrate/bastille/setup.ts'
import type { Register } from './register.ts'
import { safe, sayTo } from './error-text.ts'
import { hostChoice, hostOption } from './options.ts'

interface SetupWords {
  readonly host?: string
  readonly apply?: boolean
  readonly undo?: boolean
  readonly yes?: boolean
  readonly impair?: boolean
}

export const setupCommand: Register = (program, run, world) => {
  program
    .command('setup')
    .description('show the commands that make a FreeBSD host ready for jails; run or undo them')
    .option('--apply', 'run them, after you have said yes')
    .option('--undo', 'undo what an earlier --apply did, after you have said yes')
    .option('--impair', 'also load what bad networks of VNET jails need, until the next boot')
    .option('--yes', 'do not ask')
    .addOption(hostOption())
    .addHelpText(
      'after',
      '\nThe commands are those of "bench doctor"; what is done already is left out.\nExample: pnpm bench setup --host ssh://root@rock64 --apply',
    )
    .action((words: SetupWords) =>
      run(async () => {
        if (words.apply === true && words.undo === true)
          throw new BenchError('usage', 'one of --apply and --undo must be given, got both')
        const host = interruptible(hostOf(hostChoice(words, world), world.env), world.signal)
        try {
          return await (words.undo === true ? takeBack : goForward)(host, words, world)
        } finally {
          await host.close()
        }
      }),
    )
}

async function goForward(host: Host, words: SetupWords, world: World): Promise<number> {
  const steps = await patiently(sayTo(world), `looking at ${host.name}`, () => stepsOf(host, words))
  if (steps.length === 0) {
    world.out(`${host.name} is ready for jails: nothing to do\n`)
    return 0
  }
  world.out(safe(steps.map(({ because, remedy }) => `# ${because}\n${remedyText(remedy)}\n`).join('')))
  if (words.apply !== true) {
    world.err('pnpm bench setup --apply runs these after you say yes; --undo undoes them\n')
    return 0
  }
  await agreed(`run these on ${host.name}?`, words, world)
  const done = await applySteps(host, sayTo(world), words)
  const boot = done.filter(({ remedy }) => remedy.reboot === true)
  if (boot.length > 0) world.out(`${boot.map(({ about }) => about).join(', ')}: from the next boot on\n`)
  world.out('the host is set up; "pnpm bench doctor" checks it\n')
  return 0
}

async function takeBack(host: Host, words: SetupWords, world: World): Promise<number> {
  const commands = (await undoable(host)).flatMap(({ undo }) => undo.map(commandText))
  if (commands.length === 0) {
    world.out(`nothing on ${host.name} was made by "bench setup"\n`)
    return 0
  }
  world.out(safe(`${commands.join('\n')}\n`))
  await agreed(`run these on ${host.name}?`, words, world)
  await undoSteps(host, sayTo(world))
  world.out('taken back\n')
  return 0
}

/** Throws `interrupted` for any answer but y or yes, and for none. */
async function agreed(question: string, { yes }: SetupWords, world: World): Promise<void> {
  if (yes === true) return
  world.err(`${question} [y/N] `)
  for await (const line of world.input(world.signal)) {
    if (/^y(es)?$/i.test(line.trim())) return
    break
  }
  throw new BenchError('interrupted', 'nothing was done: the answer must be yes', {
    hint: '--yes does not ask',
  })
}
