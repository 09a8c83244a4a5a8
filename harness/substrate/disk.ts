/**
 * A file system of its own for the store of a node on Linux: ext4 in a file, mounted by a loop device. It can be full while the host
 * is not, and it can crash: `mount -o remount,abort` stops its journal at once (ext4(5); xfstests tests file systems in a similar
 * way). What was not yet written to the device by fsync or writeback is then lost; the rest is there again after the journal is
 * replayed. A live test proves both, with a file that was synced and one that was not.
 */
import type { Host } from '../host/host.ts'
import { BenchError } from '../model/error.ts'
import { filler, fillerKind } from './filler.ts'
import { frozenDisk } from './frozen-disk.ts'
import type { OnNode } from './on-node.ts'
import { eachOf, type Remover } from './process-sweep.ts'
import { slowDevice } from './slow-device.ts'
import type { Crashable, Fillable, Freezable, Slowable } from './substrate.ts'

const diskKind = 'disk'

/** After an error it becomes read-only, whatever the host's default is: that could be a panic of the kernel. */
const options = 'nosuid,nodev,errors=remount-ro'
const programs = ['mkfs.ext4', 'losetup', 'mount', 'umount', 'blockdev', 'fallocate', 'fsfreeze'] as const
const look = `
[ "$(id -u)" = 0 ] || { echo root; exit; }
[ -e /dev/loop-control ] || { echo /dev/loop-control; exit; }
for each; do command -v "$each" >/dev/null || { echo "$each"; exit; }; done
echo ready`

/** Why nodes of this host cannot have a disk of their own, undefined where they can. Changes nothing. */
export async function whyNoDisk(host: Pick<Host, 'run'>, os: string): Promise<string | undefined> {
  if (os !== 'Linux') return `a disk of its own for a node needs Linux here, this host is ${os}`
  const { stdout } = await host.run(['sh', '-c', look, 'sh', ...programs], { accept: 'any' })
  const lacks = stdout.trim()
  return lacks === 'ready'
    ? undefined
    : `a disk of its own for a node needs root, loop devices and ${programs.join(', ')}; missing: ${lacks || 'an answer'}`
}

export interface DiskRequest extends OnNode {
  /** Where it is mounted. */
  readonly path: string
  /** The file that it is in. */
  readonly image: string
  readonly bytes: number
  /** Files of the kernel's limits of devices (see slow-device.ts); absent where the host has none. */
  readonly limits?: readonly string[]
}

export interface Disk extends Fillable, Crashable, Freezable, Partial<Slowable> {
  /** Removes the disk once no program uses it any more, and checks that it is gone. */
  readonly remove: () => Promise<void>
}

/** Written to the journal first; after a failure a half made disk is removed before the error is thrown. */
export async function makeDisk(request: DiskRequest): Promise<Disk> {
  const { host, node, run, journal, path, image, bytes, limits } = request
  const entry = await journal.will(diskKind, path, { run, image })
  const script = async (text: string, words: readonly string[]) => {
    const { status, stderr } = await host.run(['sh', '-c', text, 'sh', ...words], { accept: 'any' })
    return { status, said: stderr.trim() }
  }
  const { left, ...room } = filler({ node, run, journal, path, script })
  const device = async () => (await host.run(['mountpoint', '-d', path])).stdout.trim()
  const slowness = limits === undefined ? undefined : slowDevice({ host, node, run, journal, limits, device })
  const frost = frozenDisk({ host, node, run, journal, path })
  const disk: Disk = {
    ...room,
    ...slowness,
    ...frost,
    settle: async () => void (await host.run(['sync', '-f', path])),
    async crash() {
      await host.run(['mount', '-o', 'remount,abort', path])
      const { status } = await script(': >"$1/.bench-crashed"', [path])
      if (status === 0)
        throw new BenchError('os', `file system of node ${node} must take nothing after its crash, it did`)
      // Write now what the device still has in memory, so that a program with the crashed file system cannot change anything later.
      const device = await mountedAt(host, path)
      if (device !== undefined) await host.run(['blockdev', '--flushbufs', device])
      await unmount(host, path, image)
      await mount(request)
    },
    remove: async () => {
      await slowness?.quick()
      await frost.thaw()
      await unmount(host, path, image)
      await left()
      await journal.gone(entry)
    },
  }
  try {
    await host.run(['mkdir', '-p', path])
    // Take all the room now: an image with holes would fail later, when the host has no room.
    const { status, stderr } = await host.run(['fallocate', '-l', String(bytes), image], { accept: 'any' })
    if (status !== 0)
      throw new BenchError(
        'cannot-create',
        `disk of node ${node} must have ${bytes} bytes of the host, got ${JSON.stringify(stderr.trim())}`,
      )
    await host.run(['mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'nodiscard', image])
    await mount(request)
  } catch (error) {
    await disk.remove()
    throw error
  }
  return disk
}

/** Disks are removed before the folders that they are in. A file that filled a disk goes with the disk. */
export const diskRemovers: Readonly<Record<string, Remover>> = {
  [diskKind]: eachOf((host, { name, detail }) => unmount(host, name, String(detail['image'] ?? ''))),
  [fillerKind]: () => Promise.resolve(),
}

/**
 * Mounts it by a new loop device each time. A program with its own copy of the mounts (a container, `ip netns exec`) keeps the
 * crashed file system in use as long as it runs, and `mount -o loop` would use that one's device, now read-only, again.
 */
async function mount({ host, path, image }: Pick<DiskRequest, 'host' | 'path' | 'image'>): Promise<void> {
  const device = (await host.run(['losetup', '--find', '--show', image])).stdout.trim()
  try {
    await host.run(['mount', '-t', 'ext4', '-o', options, device, path])
  } finally {
    // While it is mounted this only marks the device: it is detached with its last mount (losetup(8), --detach).
    await host.run(['losetup', '--detach', device])
  }
}

/**
 * Unmounts only what is mounted from our own image; that nothing is mounted is no error. Its loop devices are detached, also one that
 * was never mounted because the runner was killed.
 */
async function unmount(host: Host, path: string, image: string): Promise<void> {
  for (let device = await mountedAt(host, path); device !== undefined; device = await mountedAt(host, path)) {
    if (!(await devicesOf(host, image)).includes(device)) throw stays(path, `${device}, which is not in ${image}`)
    const { status, stderr } = await host.run(['umount', path], { accept: 'any' })
    if (status !== 0) throw stays(path, stderr.trim())
  }
  for (const device of await devicesOf(host, image)) await host.run(['losetup', '--detach', device], { accept: 'any' })
}

/** Loop devices of the image; none where the image is gone. */
async function devicesOf(host: Host, image: string): Promise<readonly string[]> {
  const { stdout } = await host.run(['losetup', '-n', '-O', 'NAME', '-j', image], { accept: 'any' })
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The device of the topmost file system there (proc(5), /proc/self/mounts). */
async function mountedAt(host: Host, path: string): Promise<string | undefined> {
  const { stdout } = await host.run(['cat', '/proc/self/mounts'])
  const plain = (word: string) =>
    word.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)))
  const found = stdout.split('\n').findLast((line) => plain(line.split(' ')[1] ?? '') === path)
  return found?.split(' ')[0]
}

const stays = (path: string, seen: string): BenchError =>
  new BenchError('os', `file system at ${path} must be unmounted, got ${JSON.stringify(seen)}`)
