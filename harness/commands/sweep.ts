/** `bench sweep`: what dead runs left goes; what living runs have stays. */
import { describeError } from './error-text.ts'
import type { Register } from './register.ts'
import { hostOf } from '../host/machine.ts'
import { patiently } from '../host/patience.ts'
import type { World } from '../model/world.ts'
import { sweepDead } from '../session.ts'
import { prepare } from '../substrate/bastille/bastille.ts'
import { readHome } from '../substrate/bastille/home.ts'
import { leftOn, sweepLeft } from '../substrate/bastille/left.ts'

export const sweepCommand: Register = (program, run, world) => {
  program
    .command('sweep')
    .description('remove what killed runs left: processes, folders, containers, jails')
    .option('--host <url>', 'also what the list on that host names, whichever machine left it')
    .addHelpText(
      'after',
      '\nOnly what the journals of those runs name is removed.\nExample: pnpm bench sweep --host ssh://root@rock64',
    )
    .action((words: { host?: string }) =>
      run(async () => {
        const say = (line: string) => world.err(`${line}\n`)
        const { swept: here, failed } = await sweepDead(world, say)
        const swept = [...here, ...(words.host === undefined ? [] : await sweepHost(words.host, world, say))]
        world.out(
          swept.length + failed.length === 0 ? 'nothing to sweep\n' : swept.map((id) => `swept ${id}\n`).join(''),
        )
        for (const { error } of failed) world.err(describeError(error, world.color))
        return failed[0]?.error.exitStatus ?? 0
      }),
    )
}

/** Jails, whose host keeps a copy of what their runs have there. */
async function sweepHost(url: string, world: World, say: (line: string) => void): Promise<readonly string[]> {
  const host = hostOf(url, world.env)
  try {
    return await patiently(say, `sweeping ${host.name}`, async (talk) => {
      if ((await host.run(['sh', '-c', 'command -v bastille'], { accept: 'any' })).status !== 0) return []
      if ((await leftOn({ host, home: await readHome(host) })).size === 0) return []
      return sweepLeft(await prepare({ host, run: 'sweep', say: talk }), talk, world.signal)
    })
  } finally {
    await host.close()
  }
}
