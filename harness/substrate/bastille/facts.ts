/** What the report says about the jails. Facts that cannot be read are left out. */
import type { Image } from './images.ts'
import type { Network } from './network.ts'
import type { Removal } from './remove.ts'

export interface Circumstances {
  readonly networks: readonly Network[]
  readonly images: readonly Image[]
  /** Have stores a disk of their own? */
  readonly disks: boolean
}

const zfsProperties = ['compression', 'recordsize', 'atime', 'sync', 'logbias', 'primarycache', 'encryption'] as const

export async function substrateFacts(
  removal: Removal,
  { networks, images, disks }: Circumstances,
): Promise<Readonly<Record<string, string>>> {
  const { host, home, bastille } = removal
  const networkWords = ({ mode, bridge }: Network) =>
    mode === 'vnet' ? `vnet on bridge ${bridge.name}` : `shared on ${home.interface}`
  const { stdout } = await host.run(['sysctl', '-n', 'kern.racct.enable'], { accept: 'any' })
  return {
    'jail.kind': 'thin clone',
    'jail.network': networks.map(networkWords).join(', '),
    'jail.filesystem': home.dataset === undefined ? 'ufs' : 'zfs',
    ...(disks ? { 'jail.disk': 'UFS on a memory disk of the host' } : {}),
    'jail.release': [...new Set(images.map((image) => image.release))].join(' '),
    racct: stdout.trim() === '1' ? 'on' : 'off',
    'bastille.calls': String(bastille.calls()),
    'bastille.vnet_type': home.vnetType,
    ...Object.fromEntries(images.map((image) => [`image.${image.name}`, describe(image)])),
    ...(home.dataset === undefined ? {} : await datasetFacts(removal, home.dataset)),
  }
}

function describe({ template, args, commit, release, arch, programs }: Image): string {
  const words = Object.entries(args).map(([name, value]) => `${name}=${value}`)
  const versions = Object.entries(programs).map(([name, version]) => `${name} ${version}`)
  return [
    `template ${template}${commit === undefined ? '' : ` at ${commit}`}`,
    ...words,
    release,
    arch,
    ...versions,
  ].join(', ')
}

async function datasetFacts({ host }: Removal, dataset: string): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    zfsProperties.map(async (property) => {
      const { stdout, status } = await host.run(['zfs', 'get', '-H', '-o', 'value', property, dataset], {
        accept: 'any',
      })
      return status === 0 && stdout.trim() !== '-' ? ([`zfs.${property}`, stdout.trim()] as const) : undefined
    }),
  )
  return Object.fromEntries(entries.filter((entry) => entry !== undefined))
}
