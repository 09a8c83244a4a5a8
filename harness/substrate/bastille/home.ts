/**
 * A Bastille prefix of our own, below `/usr/local/natsbench`: with it `list`, `ALL`, prefix searches and `destroy` see
 * our jails only. Releases stay those of the operator. Needs BASTILLE_CONFIG (0.14 and newer).
 */
import { basename } from 'node:path/posix'
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import { configFile, readConfig } from './config-file.ts'
import { isImageJail, plainPath } from './names.ts'

export interface Home {
  /** Path of the configuration that every `bastille` command of ours gets. */
  readonly config: string
  readonly prefix: string
  readonly jails: string
  readonly logs: string
  readonly releases: string
  /** The operator's loopback clone or shared interface. */
  readonly interface: string
  /** `bastille_network_vnet_type`. */
  readonly vnetType: string
  /** Table of pf(4) that `bastille start` adds a shared address to where the host has a default route (NAT of jails). */
  readonly addressTable: string
  /** Dataset of the jails folder, such as `tank/natsbench/jails`; absent without ZFS. */
  readonly dataset?: string
  /** Dataset that is mounted at the jails folder though Bastille does not use ZFS any more: jails made in it must be removable. */
  readonly leftDataset?: string
}

/** Where jails are made, as it is written into an image: `ufs`, or the dataset. */
export function setUpOf(home: Home): string {
  return home.dataset ?? 'ufs'
}

/** Environment variable of the host with another prefix: tests use one, so that they leave the host's golden jails alone. */
const prefixVariable = 'BENCH_JAIL_PREFIX'
const usualPrefix = '/usr/local/natsbench'

const keys = [
  'bastille_releasesdir',
  'bastille_zfs_enable',
  'bastille_zfs_zpool',
  'bastille_network_loopback',
  'bastille_network_shared',
  'bastille_network_vnet_type',
  'bastille_network_pf_table',
] as const

/** Reads the operator's configuration and works out the paths; changes nothing. */
export async function readHome(host: Host): Promise<Home> {
  const values = await readConfig(host, keys)
  const value = (key: (typeof keys)[number]) => values[key] ?? ''
  const loopback = value('bastille_network_loopback')
  const shared = value('bastille_network_shared')
  const name = loopback === '' ? shared : loopback
  if (!/^[A-Za-z][A-Za-z0-9_.]{0,14}$/.test(name)) {
    throw new BenchError(
      'unavailable',
      `bastille must have a network interface for jails, got ${JSON.stringify(name)}`,
      { hint: 'run "bastille setup loopback" on the host' },
    )
  }
  const named = (await host.run(['printenv', prefixVariable], { accept: 'any' })).stdout.trim()
  const prefix = plainPath(prefixVariable, named === '' ? usualPrefix : named)
  const own = basename(prefix)
  // Folder, logs and dataset of this name are removed when no jail is left, so the name must be of ours.
  if (!own.startsWith(basename(usualPrefix))) {
    throw new BenchError(
      'usage',
      `${prefixVariable} must name a folder whose name begins with ${basename(usualPrefix)}, got ${prefix}`,
    )
  }
  const home = {
    config: `${prefix}/bastille.conf`,
    prefix,
    jails: `${prefix}/jails`,
    logs: `/var/log/${own}`,
    releases: plainPath('bastille_releasesdir', value('bastille_releasesdir')),
    interface: name,
    vnetType: value('bastille_network_vnet_type') || 'if_bridge',
    addressTable: value('bastille_network_pf_table') || 'jails',
  }
  if (!/^(yes|true|on|1)$/i.test(value('bastille_zfs_enable'))) {
    const leftDataset = datasetAt((await host.run(['mount'])).stdout, home.jails)
    return leftDataset === undefined ? home : { ...home, leftDataset }
  }
  const pool = value('bastille_zfs_zpool')
  if (!/^[A-Za-z][\w.:-]*(\/[\w.:-]+)*$/.test(pool)) {
    throw new BenchError('unavailable', `bastille_zfs_zpool must name a pool, got ${JSON.stringify(pool)}`, {
      hint: `set it in ${configFile}`,
    })
  }
  return { ...home, dataset: `${pool}/${own}/jails` }
}

/** From the lines of mount(8), `tank/natsbench/jails on /usr/local/natsbench/jails (zfs, local, ...)`. */
export function datasetAt(mounts: string, path: string): string | undefined {
  const lines = mounts.split('\n').map((line) => /^(\S+) on (\/.*) \(zfs[,)]/.exec(line))
  return lines.find((match) => match?.[2] === path)?.[1]
}

/** Makes what is missing of it; safe to repeat. */
export async function makeHome(host: Host, home: Home, say: (line: string) => void): Promise<void> {
  if (home.dataset !== undefined) {
    await clearHidden(host, home, say)
    const parent = home.dataset.replace(/\/jails$/, '')
    await makeDataset(host, parent, ['-o', `mountpoint=${home.prefix}`])
    await makeDataset(host, home.dataset, [])
  }
  // `bastille create` links the default templates into the folder for templates.
  await host.run(['mkdir', '-p', home.jails, home.logs, `${home.prefix}/templates`])
  await host.put({ 'bastille.conf': configText(home) }, home.prefix)
}

/** Removes it when no jail is left in it. */
export async function removeHome(host: Host, home: Home): Promise<void> {
  const { stdout, status } = await host.run(['ls', home.jails], { accept: 'any' })
  if (status !== 0 || stdout.trim() !== '') return
  const dataset = home.dataset ?? home.leftDataset
  if (dataset?.endsWith(`/${basename(home.prefix)}/jails`) === true) {
    await host.run(['zfs', 'destroy', dataset])
    await host.run(['zfs', 'destroy', dataset.replace(/\/jails$/, '')])
  }
  await host.run(['rm', '-rf', home.prefix, home.logs])
}

/**
 * Images from before ZFS was switched on lie in the folder where its dataset will be mounted. They would be hidden there and still
 * take room. They can no longer be used, so they are removed. Other jails there belong to a run and are not touched.
 */
async function clearHidden(host: Host, home: Home, say: (line: string) => void): Promise<void> {
  if (datasetAt((await host.run(['mount'])).stdout, home.jails) !== undefined) return
  const { stdout, status } = await host.run(['ls', home.jails], { accept: 'any' })
  const names = status === 0 ? stdout.split('\n').filter((name) => name !== '') : []
  const others = names.filter((name) => !isImageJail(name))
  if (others.length > 0) {
    throw new BenchError(
      'unavailable',
      `${home.jails} must be empty before ZFS is used for it, got ${others.join(', ')}`,
      { hint: `set bastille_zfs_enable=NO in ${configFile}, run "pnpm bench sweep", and set it again` },
    )
  }
  for (const name of names) {
    say(
      `image ${name} was built on ufs and does not fit ${setUpOf(home)}: it is removed, and built again when it is needed`,
    )
    await host.run(['chflags', '-R', 'noschg', `${home.jails}/${name}`], { accept: 'any' })
    await host.run(['rm', '-rf', `${home.jails}/${name}`], { timeoutMs: 600_000 })
  }
}

async function makeDataset(host: Host, name: string, options: readonly string[]): Promise<void> {
  const { status } = await host.run(['zfs', 'list', '-H', '-o', 'name', name], { accept: 'any' })
  if (status !== 0) await host.run(['zfs', 'create', ...options, name])
}

function configText(home: Home): string {
  return [
    '# Written by the NATS jail harness; safe to remove when it has no images left.',
    `. ${configFile}`,
    `bastille_prefix="${home.prefix}"`,
    `bastille_jailsdir="${home.jails}"`,
    `bastille_logsdir="${home.logs}"`,
    `bastille_releasesdir="${home.releases}"`,
    `bastille_templatesdir="${home.prefix}/templates"`,
    // No jail of ours has redirections. Without this file `stop` does not look for them, which saves four calls of bastille.
    `bastille_pf_conf="${home.prefix}/no-redirections.conf"`,
    ...(home.dataset === undefined ? [] : [`bastille_zfs_prefix="${basename(home.prefix)}"`]),
    '',
  ].join('\n')
}
