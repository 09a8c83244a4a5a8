/** Section "who else is here": leftovers of ours, other jails, other bastilles, room on the disk. */
import { dirname } from 'node:path/posix'
import { ok, warn } from './check.ts'
import type { Ask, Check } from './check.ts'
import { isImageJail, isOurJail } from './names.ts'

const cron = '/usr/local/etc/cron.d/bastille-monitor'
const roomKiB = 2 * 1024 * 1024

export const neighbourChecks: readonly Check[] = [
  {
    about: 'leftovers',
    answer: async (ask) => {
      const { stdout } = await ask.run('jls', '-d', 'name')
      const jails = stdout.split('\n').filter((name) => isOurJail(name) && !isImageJail(name))
      const { stdout: links } = await ask.run('ifconfig', '-l')
      const ours = links.split(/\s+/).filter((name) => /^e0a_n[jg][a-z0-9]+$/.test(name) || name === 'nbbr0')
      const found = [...jails, ...ours]
      return found.length === 0
        ? ok('none of ours')
        : warn(`${found.join(', ')} are of a run, active or dead`, 'pnpm bench sweep')
    },
  },
  {
    about: 'other jails',
    answer: async (ask) => {
      const { stdout } = await ask.run('jls', 'name')
      const others = stdout.split('\n').filter((name) => name !== '' && !isOurJail(name))
      return others.length === 0
        ? ok('none are running')
        : warn(
            `${others.length} running: ${others.slice(0, 8).join(', ')}; they share the machine with what is measured`,
          )
    },
  },
  {
    about: 'other bastille commands',
    answer: async (ask) => {
      if ((await ask.run('test', '-e', cron)).status === 0) {
        return warn(
          'bastille monitor runs every five minutes and disturbs other bastille commands',
          'bastille monitor disable',
        )
      }
      return ok('no monitor is set up')
    },
  },
  {
    about: 'room',
    answer: async (ask) => {
      const folder = await ask.config('bastille_prefix')
      const free = await freeKiB(ask, folder)
      if (free === undefined) return warn('free space could not be read')
      const text = `${Math.round(free / 1024)} MiB free; each jail takes 150 to 250 MiB`
      return free > roomKiB ? ok(text) : warn(`${text}, which is little`, 'pnpm bench images')
    },
  },
]

/** Below a folder, or below the nearest one above it that is there: before `bastille bootstrap` there is none. */
async function freeKiB(ask: Ask, folder: string): Promise<number | undefined> {
  const { status, stdout } = await ask.run('df', '-k', folder)
  if (status !== 0) return folder === dirname(folder) ? undefined : freeKiB(ask, dirname(folder))
  const free = Number(stdout.trim().split('\n').at(-1)?.trim().split(/\s+/)[3])
  return Number.isFinite(free) ? free : undefined
}
