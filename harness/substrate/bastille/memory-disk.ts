/**
 * A file system of its own for the store of a jail: UFS on a memory disk of the host (md(4), mdconfig(8), newfs(8)), mounted from the
 * host below the jail's root. The disk bears the name of its jail as its label, so a sweep finds it whatever number the kernel gave it,
 * also where the runner was killed before it knew that number. It is in the memory of the host, and in its swap where there is any.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Journal } from '../../model/journal.ts'
import { storeFolder } from '../../model/node-names.ts'
import { mountsBelow, signalJail } from './jail.ts'
import { isOurJail } from './names.ts'

export const memoryDiskKind = 'memory-disk'

const programs = ['mdconfig', 'newfs', 'mount', 'umount'] as const
/** mdconfig loads the module by itself (geom_md.ko); it is only looked for. */
const look = `
kldstat -qm g_md || [ -e "$(dirname "$(sysctl -n kern.bootfile)")/geom_md.ko" ] || { echo "md(4) of the kernel"; exit; }
for each; do command -v "$each" >/dev/null || { echo "$each"; exit; }; done
echo ready`
/** Bytes of the host's memory that nobody uses, or that are given back where another one wants them. */
const room = `
sysctl -n vm.stats.vm.v_page_size vm.stats.vm.v_free_count vm.stats.vm.v_inactive_count vm.stats.vm.v_laundry_count |
  { read -r size && read -r free && read -r inactive && read -r laundry && echo "$((size * (free + inactive + laundry)))"; }`

/** Why jails of this host can have no disk of their own, undefined where they can. Changes nothing. */
export async function whyNoMemoryDisk(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run(['sh', '-c', look, 'sh', ...programs], { accept: 'any' })
  const lacks = stdout.trim()
  return lacks === 'ready'
    ? undefined
    : `a disk of its own for a jail needs memory disks and ${programs.join(', ')}; missing: ${lacks || 'an answer'}`
}

export interface MemoryDiskRequest {
  readonly host: Host
  readonly jail: string
  /** For messages. */
  readonly node: string
  readonly journal: Journal
  /** Of the node, as the host sees it; known to have no links. */
  readonly directory: string
  readonly bytes: number
}

/** Journal first; a half made one is removed before the error is thrown. Resolves to what removes it, checked. */
export async function makeMemoryDisk(request: MemoryDiskRequest): Promise<() => Promise<void>> {
  const { host, jail, node, journal, directory, bytes } = request
  const path = `${directory}/${storeFolder}`
  const free = Number((await host.run(['sh', '-c', room], { accept: 'any' })).stdout.trim() || Number.NaN)
  if (free < bytes)
    throw new BenchError('cannot-create', `disk of node ${node} must have ${bytes} bytes of memory, got ${free} free`, {
      hint: 'disks of jails are in the memory of the host: choose a smaller one',
    })
  const entry = await journal.will(memoryDiskKind, jail, { path })
  const remove = async () => {
    await removeMemoryDisk(host, jail, path)
    await journal.gone(entry)
  }
  try {
    await host.run(['mkdir', '-p', path])
    const { stdout } = await host.run(['mdconfig', '-a', '-t', 'swap', '-s', `${bytes}b`, '-L', jail])
    const device = `/dev/${deviceName(stdout.trim())}`
    // All of it now: later the memory could be gone, and the host in need.
    await host.run(['dd', 'if=/dev/zero', `of=${device}`, 'bs=1048576', `count=${Math.floor(bytes / 1024 ** 2)}`])
    await host.run(['newfs', '-U', '-m', '0', device])
    await host.run(['mount', '-o', 'nosuid', device, path])
  } catch (error) {
    await remove()
    throw error
  }
  return remove
}

/** In whatever state it is; what is not there is well. Programs of the jail that keep it busy are ended. Throws naming what stays. */
export async function removeMemoryDisk(host: Host, jail: string, path: string): Promise<void> {
  if (!isOurJail(jail)) throw new BenchError('bug', `disk must be of a jail of ours, got ${JSON.stringify(jail)}`)
  const mounted = async () => (await mountsBelow(host, path)).includes(path)
  if (await mounted()) await host.run(['umount', path], { accept: 'any' })
  if (await mounted()) {
    await signalJail(host, jail, 'KILL')
    await host.run(['umount', '-f', path], { accept: 'any' })
  }
  if (await mounted()) throw new BenchError('os', `disk of jail ${jail} must be unmounted, ${path} is mounted`)
  for (const name of await disksOf(host, jail)) await host.run(['mdconfig', '-d', '-u', name], { accept: 'any' })
  const left = await disksOf(host, jail)
  if (left.length > 0)
    throw new BenchError('os', `memory disk of jail ${jail} must be gone, got ${left.join(', ')}`, {
      hint: 'run "pnpm bench sweep" again when nothing uses it any more',
    })
}

/** Those with exactly this label. A line of `mdconfig -lv`: name, type, size, file, label, options, tabs between them. */
export async function disksOf(host: Host, label: string): Promise<readonly string[]> {
  // Without memory disks in the kernel there are none; only looked for, for mdconfig would load them.
  if ((await host.run(['kldstat', '-qm', 'g_md'], { accept: 'any' })).status !== 0) return []
  const { stdout } = await host.run(['mdconfig', '-lv'])
  return stdout.split('\n').flatMap((line) => {
    const [name = '', , , , found] = line.split('\t').map((word) => word.trim())
    return found === label ? [deviceName(name)] : []
  })
}

function deviceName(said: string): string {
  if (/^md\d+$/.test(said)) return said
  throw new BenchError('os', `mdconfig must name a memory disk such as md0, got ${JSON.stringify(said.slice(0, 80))}`)
}
