/**
 * A file system of its own for the store of a jail: UFS on a memory disk of the host (md(4), mdconfig(8), newfs(8)), mounted by the
 * host below the jail's root. The label of the disk is the name of its jail, so a sweep finds the disk without its number, also where
 * the runner was killed before it knew the number. The disk takes memory of the host, and swap where there is any.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Journal } from '../../model/journal.ts'
import { storeFolder } from '../../model/node-names.ts'
import { mountsBelow, signalJail } from './jail.ts'
import { isOurJail } from './names.ts'

export const memoryDiskKind = 'memory-disk'

const programs = ['mdconfig', 'newfs', 'mount', 'umount'] as const
/** Checks that the module geom_md.ko exists; mdconfig loads it by itself when it is needed. */
const look = `
kldstat -qm g_md || [ -e "$(dirname "$(sysctl -n kern.bootfile)")/geom_md.ko" ] || { echo "md(4) of the kernel"; exit; }
for each; do command -v "$each" >/dev/null || { echo "$each"; exit; }; done
echo ready`
/** Prints how many bytes of the host's memory are free, or can be freed when they are needed (inactive, laundry). */
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
  /** Folder of the node, as the host sees it. The caller has checked that there are no links in it. */
  readonly directory: string
  readonly bytes: number
}

/** Written to the journal first; after a failure what was made is removed. Resolves to a function that removes the disk and checks it. */
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
    // Take all the memory now: later there might not be enough, and the host itself would run out.
    await host.run(['dd', 'if=/dev/zero', `of=${device}`, 'bs=1048576', `count=${Math.floor(bytes / 1024 ** 2)}`])
    await host.run(['newfs', '-U', '-m', '0', device])
    await host.run(['mount', '-o', 'nosuid', device, path])
  } catch (error) {
    await remove()
    throw error
  }
  return remove
}

/** Removes it in any state; none is no error. Programs of the jail that keep it busy are ended. Throws naming what is left. */
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

/** Disks with exactly this label. A line of `mdconfig -lv`: name, type, size, file, label, options, with tabs between them. */
export async function disksOf(host: Host, label: string): Promise<readonly string[]> {
  // Without the module there are no disks. mdconfig is not asked then, because it would load the module.
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
