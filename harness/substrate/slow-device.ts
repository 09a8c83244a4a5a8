/**
 * A block device that takes only so many writes a second, by the kernel's limit of a device for a group of programs. Only this node uses
 * the device, so the group may be a large one.
 *
 * - cgroup v1 (blkio, Linux Documentation/admin-guide/cgroup-v1/blkio-controller.rst): the limit is set for the top group, where the
 *   kernel's own writers of the journal and of buffered data are, and for the group of the node's programs, so that it holds for every
 *   write. Measured: a write with fsync on ext4 is about six writes to the device, all of them slowed down.
 * - cgroup v2 (io.max, Linux Documentation/admin-guide/cgroup-v2.rst, "IO Interface Files"): the top group has no limits, and the
 *   kernel's writes of the journal belong to it. The limit is set for the group below the top that holds the node's programs. Measured on
 *   Linux 6.1: of a write with fsync the data wait, 51 ms at 20 writes a second.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { OnNode } from './on-node.ts'
import { eachOf, type Remover } from './process-sweep.ts'
import type { Slowable } from './substrate.ts'

export const slowKind = 'slow-device'

const v1 = 'blkio.throttle.write_iops_device'
const v2 = 'io.max'

const set = 'printf "%s %s\\n" "$2" "$3" >"$1"'
/** The words of a limit after the device's name, and of none. */
const wordsOf = (path: string, limit: string): string => (path.endsWith(`/${v2}`) ? `wiops=${limit}` : limit)
const noneOf = (path: string): string => (path.endsWith(`/${v2}`) ? 'max' : '0')

/** The files of this host's limits, or why there are none. Changes nothing. */
export async function slowLimits(host: Pick<Host, 'run'>, os: string): Promise<readonly string[] | string> {
  if (os !== 'Linux') return `a slow disk needs the limits of devices of Linux, this host is ${os}`
  const read = async (path: string) => (await host.run(['cat', path], { accept: 'any' })).stdout.split('\n')
  const [mounts, groups] = await Promise.all([read('/proc/self/mounts'), read('/proc/self/cgroup')])
  const mounted = mounts.map((line) => line.split(' '))
  const old = mounted.find((words) => words[2] === 'cgroup' && has(words[3], 'blkio'))?.[1]
  const top = old ?? mounted.find((words) => words[2] === 'cgroup2')?.[1]
  if (top === undefined)
    return 'a slow disk needs the limits of devices of cgroup v1 (blkio) or v2 (io), this host has neither'
  const lines = groups.map((line) => /^\d+:([^:]*):\/*(.*)$/.exec(line))
  const own = lines.find((found) => (old === undefined ? found?.[1] === '' : has(found?.[1], 'blkio')))?.[2] ?? ''
  const below = own.split('/')[0] ?? ''
  if (old === undefined && below === '')
    return 'a slow disk needs a group of cgroup v2 below the top for the harness (`systemd-run --scope` makes one), it is in the top group'
  const limits =
    old === undefined
      ? [`${top}/${below}/${v2}`]
      : [...new Set([top, `${top}/${own}`.replace(/\/$/, '')])].map((folder) => `${folder}/${v1}`)
  for (const limit of limits) {
    const { status } = await host.run(['test', '-w', limit], { accept: 'any' })
    if (status !== 0)
      return `a slow disk needs ${limit}, which is not there or may not be written${old === undefined ? ` (\`echo +io > ${top}/cgroup.subtree_control\` makes it)` : ''}`
  }
  return limits
}

const has = (words: string | undefined, word: string): boolean => words?.split(',').includes(word) === true

export interface SlowRequest extends OnNode {
  /** Files of limits, from `slowLimits`. */
  readonly limits: readonly string[]
  /** Numbers of the device, such as `7:0`. */
  readonly device: () => Promise<string>
}

export function slowDevice({ host, node, run, journal, limits, device }: SlowRequest): Slowable {
  let open: JournalEntry | undefined
  return {
    async slow(writesPerSecond) {
      const name = await device()
      const others = await limitsOf(host, limits, name)
      if (others.length > 0)
        throw new BenchError(
          'busy',
          `disk of node ${node} must have no limit, got ${others.join(', ')} of somebody else`,
        )
      open = await journal.will(slowKind, name, { run, node, writesPerSecond, limits: limits.join('\n') })
      for (const limit of limits)
        await host.run(['sh', '-c', set, 'sh', limit, name, wordsOf(limit, String(writesPerSecond))])
    },
    async quick() {
      if (open === undefined) return
      await lift(host, open)
      await journal.gone(open)
      open = undefined
    },
  }
}

/** These run before processes are ended: a process that waits for a write ends only after the write. */
export const slowRemovers: Readonly<Record<string, Remover>> = {
  [slowKind]: eachOf(lift),
}

/** Takes back the limit that the entry names, unless it was changed since; checks that it is gone. */
async function lift(host: Host, { name, detail }: JournalEntry): Promise<void> {
  const limits = String(detail['limits'] ?? '').split('\n')
  const ours = String(detail['writesPerSecond'])
  for (const limit of limits) {
    if (!(await limitsOf(host, [limit], name)).includes(ours)) continue
    await host.run(['sh', '-c', set, 'sh', limit, name, wordsOf(limit, noneOf(limit))])
    if ((await limitsOf(host, [limit], name)).includes(ours))
      throw new BenchError('os', `device ${name} must be as quick as before, got a limit of ${ours} in ${limit}`)
  }
}

/** The limits of a device in these files; a file that does not exist has none. */
async function limitsOf(host: Host, limits: readonly string[], device: string): Promise<readonly string[]> {
  const { stdout } = await host.run(['cat', ...limits], { accept: 'any' })
  return stdout.split('\n').flatMap((line) => {
    const [name, ...words] = line.split(' ')
    if (name !== device) return []
    // v1 has one number; v2 has a word for each of four limits, `max` where there is none.
    const [value, ...others] = words.filter((word) => !word.endsWith('=max')).map((word) => word.replace(/^wiops=/, ''))
    return value === undefined ? [] : [[value, ...others].join(' ')]
  })
}
