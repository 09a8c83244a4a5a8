/**
 * A block device that takes only so many writes a second, by the kernel's limit of a device for a group of programs (cgroup v1, blkio,
 * Linux Documentation/admin-guide/cgroup-v1/blkio-controller.rst). The limit is set for the top group, where the kernel's own writers
 * of the journal and of buffered data are, and for the group of the node's programs, so that it holds for every write. Measured: a
 * write with fsync on ext4 is about six writes to the device, all of them slowed down. Only this node uses the device.
 *
 * In cgroup v2 (io.max) the top group has no limits. Writes of the journal belong to it, so only some of the writes would be slow.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { OnNode } from './on-node.ts'
import { eachOf, type Remover } from './process-sweep.ts'
import type { Slowable } from './substrate.ts'

export const slowKind = 'slow-device'

const file = 'blkio.throttle.write_iops_device'
const set = 'printf "%s %s\\n" "$2" "$3" >"$1"'

/** The files of this host's limits, or why there are none. Changes nothing. */
export async function slowLimits(host: Pick<Host, 'run'>, os: string): Promise<readonly string[] | string> {
  if (os !== 'Linux') return `a slow disk needs the limits of devices of Linux, this host is ${os}`
  const read = async (path: string) => (await host.run(['cat', path], { accept: 'any' })).stdout.split('\n')
  const [mounts, groups] = await Promise.all([read('/proc/self/mounts'), read('/proc/self/cgroup')])
  const mounted = mounts.map((line) => line.split(' ')).find((words) => words[2] === 'cgroup' && has(words[3], 'blkio'))
  const top = mounted?.[1]
  if (top === undefined)
    return 'a slow disk needs the limits of devices of cgroup v1 (blkio), which this host has not: those of cgroup v2 leave out what the kernel itself writes'
  const own = groups.map((line) => /^\d+:([^:]*):\/*(.*)$/.exec(line)).find((found) => has(found?.[1], 'blkio'))?.[2]
  const limits = [...new Set([top, `${top}/${own ?? ''}`.replace(/\/$/, '')])].map((folder) => `${folder}/${file}`)
  for (const limit of limits) {
    const { status } = await host.run(['test', '-w', limit], { accept: 'any' })
    if (status !== 0) return `a slow disk needs ${limit}, which is not there or may not be written`
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
      for (const limit of limits) await host.run(['sh', '-c', set, 'sh', limit, name, String(writesPerSecond)])
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
    await host.run(['sh', '-c', set, 'sh', limit, name, '0'])
    if ((await limitsOf(host, [limit], name)).includes(ours))
      throw new BenchError('os', `device ${name} must be as quick as before, got a limit of ${ours} in ${limit}`)
  }
}

/** The limits of a device in these files; a file that does not exist has none. */
async function limitsOf(host: Host, limits: readonly string[], device: string): Promise<readonly string[]> {
  const { stdout } = await host.run(['cat', ...limits], { accept: 'any' })
  return stdout.split('\n').flatMap((line) => {
    const [name, value] = line.split(' ')
    return name === device && value !== undefined ? [value] : []
  })
}
