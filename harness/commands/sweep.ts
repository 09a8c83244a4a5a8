/** `bench sweep`: what dead runs left goes; what living runs have stays. */
import type { Register } from './register.ts'
import { sweepDead } from '../session.ts'

export const sweepCommand: Register = (program, run, world) => {
  program
    .command('sweep')
    .description('remove what dead runs left: processes, folders, containers, jails')
    .addHelpText('after', '\nOnly what the journals of those runs name is touched.\nExample: pnpm bench sweep')
    .action(() =>
      run(async () => {
        const { swept, failed } = await sweepDead(world, (line) => world.err(`${line}\n`))
        world.out(
          swept.length + failed.length === 0 ? 'nothing to sweep\n' : swept.map((id) => `swept ${id}\n`).join(''),
        )
        if (failed[0] !== undefined) throw failed[0].error
        return 0
      }),
    )
}
