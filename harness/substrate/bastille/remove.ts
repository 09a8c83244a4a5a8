/**
 * Removes jails in any state. Bastille reports success also for jails that are busy or have something mounted. So every trace is
 * looked for afterwards and removed by its exact name: processes, mounts, address, interface, datasets, snapshots, directory, log,
 * limits. Nothing is removed while something is mounted there, so that no file of the mounted folder is lost.
 */
import type { Host } from '../../host/host.ts'
import { BenchError, asBenchError } from '../../model/error.ts'
import type { Bastille } from './command.ts'
import type { Home } from './home.ts'
import {
  addresses,
  datasetsBelow,
  exists,
  interfaceExists,
  lingers,
  mountsBelow,
  runs,
  signalJail,
  untilGone,
} from './jail.ts'
import { removeLimits } from './limits.ts'
import { isOurJail } from './names.ts'

export interface Removal {
  readonly host: Host
  readonly home: Home
  readonly bastille: Bastille
  /** See version.ts, destroyWords. */
  readonly destroyWords: readonly string[]
  /** Prints one line for people. */
  readonly say: (line: string) => void
}

export interface Remains {
  /** On a shared network: the address that the jail had. */
  readonly address?: string
  /** The image that it was cloned from: a clone that was interrupted leaves snapshots of it. */
  readonly image?: string
}

/** Throws naming what is left. Safe to repeat, also for a jail that was never made. */
export async function removeJail(removal: Removal, name: string, remains: Remains = {}): Promise<void> {
  const { host, home, bastille } = removal
  if (!isOurJail(name))
    throw new BenchError('bug', `jail must be one of ours to be removed, got ${JSON.stringify(name)}`)
  const [present] = await Promise.all([exists(host, home, name), refuseForeign(removal, name)])
  // Only called where a jail of exactly this name exists: otherwise Bastille would take the only one that begins like it.
  // VNET jails are destroyed one after the other: two at once have crashed kernels.
  const alone = remains.address === undefined
  const lane = !alone && Number.parseInt(name.slice(-1), 36) % 2 === 1 ? { lane: 'beside' as const } : { alone }
  if (present) await bastille.call([...removal.destroyWords, name], lane)
  // A jail that is gone with all of that, which is the usual case, is asked about once: each call takes a second on a slow board.
  const stays = (await traces(removal, name)).length > 0
  if (stays) {
    await forceOut(removal, name, { alone })
    await untilGone(host, name, removal.say)
  }
  await clearTraces(removal, name, remains, stays)
  const left = stays ? await traces(removal, name) : []
  if (left.length > 0) {
    throw new BenchError('os', `jail ${name} must be gone, ${left.join(', ')} stay`, {
      hint: 'run "pnpm bench sweep" again when nothing uses them any more',
    })
  }
}

/** Removes what was made before a failure → the error to throw: the failure, with lines about what could not be removed. */
export async function undo(failure: unknown, remove: () => Promise<void>): Promise<BenchError> {
  const error = asBenchError(failure)
  try {
    await remove()
    return error
  } catch (left) {
    const stays = asBenchError(left)
    return new BenchError(error.code, error.message, {
      lines: [...error.lines, stays.message, ...stays.lines],
      hint: 'run "pnpm bench sweep"',
      cause: failure,
    })
  }
}

/** A jail of this name that runs from another folder is not ours. */
async function refuseForeign({ host, home }: Removal, name: string): Promise<void> {
  const { status, stdout } = await host.run(['jls', '-j', name, 'path'], { accept: 'any' })
  if (status === 0 && stdout.trim() !== `${home.jails}/${name}/root`) {
    throw new BenchError('unavailable', `jail ${name} must be ours to be removed, it runs from ${stdout.trim()}`)
  }
}

/**
 * After `bastille destroy` has failed: ends the programs, stops the jail, unmounts, and destroys it again. A dataset may be left where
 * nothing else is.
 */
async function forceOut(
  { host, home, bastille, destroyWords, say }: Removal,
  name: string,
  lane: { readonly alone: boolean },
): Promise<void> {
  if (await runs(host, name)) {
    await signalJail(host, name, 'KILL')
    if (await exists(host, home, name)) await bastille.call(['stop', name], lane)
    // Also where destroy has removed the files of a jail that did not stop. Its mounts and address are removed below.
    if (await runs(host, name)) await host.run(['jail', '-r', name], { accept: 'any' })
  }
  await unmountAll(host, `${home.jails}/${name}/root`)
  // A dying jail still uses its root, so its dataset cannot be destroyed.
  if (!(await untilGone(host, name, say))) return
  if (await exists(host, home, name)) await bastille.call([...destroyWords, name], lane)
  const jails = home.dataset ?? home.leftDataset
  if (jails !== undefined) {
    const dataset = `${jails}/${name}`
    const found = await datasetsBelow(host, dataset, 'filesystem')
    if (found.length > 0) await host.run(['zfs', 'destroy', '-r', dataset], { accept: 'any' })
  }
  const directory = `${home.jails}/${name}`
  if ((await exists(host, home, name)) && (await mountsBelow(host, directory)).length === 0) {
    await host.run(['chflags', '-R', 'noschg', directory], { accept: 'any' })
    await host.run(['rm', '-rf', directory], { accept: 'any' })
  }
}

/** Deepest first, and several times: each failed start mounts one more devfs on top. Datasets below are left to `zfs destroy`. */
async function unmountAll(host: Host, path: string): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const points = (await mountsBelow(host, path)).filter((point) => point !== path)
    if (points.length === 0) return
    for (const point of [...points].sort((a, b) => b.length - a.length)) {
      await host.run(['umount', point], { accept: 'any' })
    }
  }
}

/** Commands that do not depend on each other run at the same time: over ssh to a slow board each takes half a second. */
async function clearTraces(removal: Removal, name: string, remains: Remains, stays: boolean): Promise<void> {
  const { host } = removal
  const [lingering] = await Promise.all([
    stays && lingers(host, name),
    removeLimits(host, name),
    dropSnapshots(removal, remains),
    dropLogs(removal, name),
  ])
  if (lingering) return
  await Promise.all([dropAddress(removal, remains), stays && dropPair(host, `e0a_${name}`)])
}

async function dropAddress({ host, home }: Removal, { address }: Remains): Promise<void> {
  if (address === undefined) return
  await dropAlias(host, home.interface, address)
  // `start` has added the address where jails use NAT. With our configuration (home.ts) `stop` leaves it there.
  await host.run(['pfctl', '-q', '-t', home.addressTable, '-T', 'delete', address], { accept: 'any' })
}

async function dropPair(host: Host, name: string): Promise<void> {
  if (await interfaceExists(host, name)) await host.run(['ifconfig', name, 'destroy'], { accept: 'any' })
}

/** Only this harness makes snapshots of its images, and only while it clones. */
async function dropSnapshots({ host, home }: Removal, { image }: Remains): Promise<void> {
  if (image === undefined || home.dataset === undefined) return
  for (const snapshot of await datasetsBelow(host, `${home.dataset}/${image}`, 'snapshot'))
    await host.run(['zfs', 'destroy', snapshot])
}

async function dropLogs({ host, home }: Removal, name: string): Promise<void> {
  const log = `${name}_console.log`
  const mine = ['(', '-name', name, '-o', '-name', log, '-o', '-name', `${log}-*`, ')']
  await host.run(['find', home.logs, '-mindepth', '1', '-maxdepth', '1', ...mine, '-exec', 'rm', '-rf', '{}', '+'], {
    accept: 'any',
  })
}

async function dropAlias(host: Host, name: string, address: string): Promise<void> {
  if (!(await addresses(host)).get(name)?.includes(address)) return
  const { stdout } = await host.run(['jls', 'ip4.addr'])
  if (stdout.split(/[\s,]+/).includes(address)) return
  await host.run(['ifconfig', name, 'inet', address, '-alias'])
}

async function traces({ host, home }: Removal, name: string): Promise<readonly string[]> {
  const directory = `${home.jails}/${name}`
  const jails = home.dataset ?? home.leftDataset
  const [there, alive, mounts, link, datasets] = await Promise.all([
    exists(host, home, name),
    lingers(host, name),
    mountsBelow(host, directory),
    interfaceExists(host, `e0a_${name}`),
    jails === undefined ? [] : datasetsBelow(host, `${jails}/${name}`, 'filesystem'),
  ])
  return [
    ...(there ? [directory] : []),
    ...(alive ? [`the running jail ${name}`] : []),
    ...mounts.map((mount) => `mount ${mount}`),
    ...(link ? [`interface e0a_${name}`] : []),
    ...datasets.map((dataset) => `dataset ${dataset}`),
  ]
}
