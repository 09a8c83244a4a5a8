/** `bench sweep`: what dead runs left goes; what living runs have stays. */
import { describeError, sayTo } from './error-text.ts'
import type { Register } from './register.ts'
import type { Host } from '../host/host.ts'
import { hostOf } from '../host/machine.ts'
import { patiently } from '../host/patience.ts'
import { asBenchError } from '../model/error.ts'
import type { World } from '../model/world.ts'
import { sweepDead, type Swept } from '../session.ts'
import { prepare } from '../substrate/bastille/bastille.ts'
import { readHome } from '../substrate/bastille/home.ts'
import { leftOn, sweepLeft } from '../substrate/bastille/left.ts'
import { hostOption } from './options.ts'

export const sweepCommand: Register = (program, run, world) => {
  program
    .command('sweep')
    .description('remove what killed runs left: processes, folders, containers, jails')
    .addOption(hostOption('also what the list on that host names, whichever machine left it'))
    .addHelpText(
      'after',
      '\nOnly what the journals of those runs name is removed.\nExample: pnpm bench sweep --host ssh://root@rock64',
    )
    .action((words: { host?: string }) =>
      run(async () => {
        const say = sayTo(world)
        const dead = await sweepDead(world, say)
        const left = words.host === undefined ? nothing : await sweepHost(words.host, world, say)
        const swept = [...dead.swept, ...left.swept]
        const failed = [...dead.failed, ...left.failed]
        world.out(
          swept.length + failed.length === 0 ? 'nothing to sweep\n' : swept.map((id) => `swept ${id}\n`).join(''),
        )
        for (const { error } of failed) world.err(describeError(error, world.color))
        return failed[0]?.error.exitStatus ?? 0
      }),
    )
}

const nothing: Pick<Swept, 'swept' | 'failed'> = { swept: [], failed: [] }

/** Jails, whose host keeps a copy of what their runs have there. Throws nothing: what went before is told too. */
async function sweepHost(url: string, world: World, say: (line: string) => void): Promise<typeof nothing> {
  try {
    return { swept: await sweepJails(hostOf(url, world.env), world, say), failed: [] }
  } catch (error) {
    return { swept: [], failed: [{ error: asBenchError(error) }] }
  }
}

async function sweepJails(host: Host, world: World, say: (line: string) => void): Promise<readonly string[]> {
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
