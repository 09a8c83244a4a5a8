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

const slowKind = 'slow-device'

/** How a version of cgroups calls its file, and says a limit of writes a second in it, or that there is none. */
const files = {
  v1: { file: 'blkio.throttle.write_iops_device', limit: (writes: string) => writes, none: '0' },
  v2: { file: 'io.max', limit: (writes: string) => `wiops=${writes}`, none: 'wiops=max' },
}
const wordsOf = (path: string) => (path.endsWith(`/${files.v2.file}`) ? files.v2 : files.v1)
const set = 'printf "%s %s\\n" "$2" "$3" >"$1"'

/** The files of this host's limits, or why there are none. Changes nothing. */
export async function slowLimits(host: Pick<Host, 'run'>, os: string): Promise<readonly string[] | string> {
  if (os !== 'Linux') return `a slow disk needs the limits of devices of Linux, this host is ${os}`
  const read = async (path: string) => (await host.run(['cat', path], { accept: 'any' })).stdout.split('\n')
  const [mounts, groups] = await Promise.all([read('/proc/self/mounts'), read('/proc/self/cgroup')])
  const found = limitFiles(
    mounts.map((line) => line.split(' ')),
    groups.map((line) => /^\d+:([^:]*):\/*(.*)$/.exec(line)?.slice(1) ?? []),
  )
  if (typeof found === 'string') return found
  const { limits, remedy } = found
  for (const limit of limits) {
    const { status } = await host.run(['test', '-w', limit], { accept: 'any' })
    if (status !== 0) return `a slow disk needs ${limit}, which is not there or may not be written${remedy}`
  }
  return limits
}

/** From the words of each mount, and controllers and path of each group. `remedy`: what makes files that are not there. */
function limitFiles(
  mounts: readonly (readonly string[])[],
  groups: readonly (readonly string[])[],
): { readonly limits: readonly string[]; readonly remedy: string } | string {
  const v1 = mounts.find((words) => words[2] === 'cgroup' && has(words[3], 'blkio'))?.[1]
  if (v1 !== undefined) {
    const own = groups.find(([controllers]) => has(controllers, 'blkio'))?.[1] ?? ''
    const folders = new Set([v1, `${v1}/${own}`.replace(/\/$/, '')])
    return { limits: [...folders].map((folder) => `${folder}/${files.v1.file}`), remedy: '' }
  }
  const v2 = mounts.find((words) => words[2] === 'cgroup2')?.[1]
  if (v2 === undefined)
    return 'a slow disk needs the limits of devices of cgroup v1 (blkio) or v2 (io), this host has neither'
  const below = groups.find(([controllers]) => controllers === '')?.[1]?.split('/')[0] ?? ''
  if (below === '')
    return 'a slow disk needs a group of cgroup v2 below the top for the harness (`systemd-run --scope` makes one), it is in the top group'
  return {
    limits: [`${v2}/${below}/${files.v2.file}`],
    remedy: ` (\`echo +io > ${v2}/cgroup.subtree_control\` makes it)`,
  }
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
      const writes = String(writesPerSecond)
      for (const limit of limits) await host.run(['sh', '-c', set, 'sh', limit, name, wordsOf(limit).limit(writes)])
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
    await host.run(['sh', '-c', set, 'sh', limit, name, wordsOf(limit).none])
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
