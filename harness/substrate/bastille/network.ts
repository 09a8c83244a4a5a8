/** The two kinds of network: addresses on the operator's loopback clone, or a stack of its own for each jail on a private bridge. */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { NetworkMode } from '../../model/plan.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import { addresses, interfaceExists } from './jail.ts'
import { isOurBridge } from './names.ts'

export interface Network {
  readonly mode: NetworkMode
  /** Address of a node, by its index in the plan. */
  address(index: number): string
  /** Address of an image while it is being built: the last two of the pool, so that two images can be built at once. */
  imageAddress(role: 'server' | 'load'): string
  /** The address as `create` and `clone` want it: with its prefix (`/24`) for VNET, alone for shared. */
  word(address: string): string
  /** Bridge that VNET jails join; made and removed by us unless the operator named one. */
  readonly bridge: { readonly name: string; readonly address: string; readonly bits: number; readonly ours: boolean }
}

const pools = { shared: '10.0.0.1-10.0.0.250', vnet: '10.60.0.1-10.60.0.250' } as const
const privateBridge = 'nbbr0'
/** `ifconfig bridgeN create` and then a rename work on every FreeBSD. N is so high that nobody else uses it. */
const unnamedBridge = 'bridge4222'

/**
 * The networks of a run, by mode; the first is that of nodes which ask for none. Settings: `network` (shared, vnet, or both
 * with a comma between), `addresses` (first-last; with both `sharedAddresses` and `vnetAddresses`), `bridge` (an existing one).
 */
export function chooseNetworks(settings: Readonly<Record<string, string>>): ReadonlyMap<NetworkMode, Network> {
  const { addresses: common, ...others } = settings
  const modes = (settings.network ?? 'shared').split(',').map(modeOf)
  if (modes.length > 1 && common !== undefined) {
    throw new BenchError('usage', `addresses must be given for each network, got ${JSON.stringify(common)} for both`, {
      hint: 'give --set sharedAddresses=... and --set vnetAddresses=... instead',
    })
  }
  return new Map(modes.map((mode) => [mode, chooseNetwork(mode, modes.length > 1 ? others : settings)]))
}

function modeOf(text: string): NetworkMode {
  if (text === 'shared' || text === 'vnet') return text
  throw new BenchError('usage', `network must be "shared" or "vnet", got ${JSON.stringify(text)}`)
}

/** Settings: `addresses`, or `sharedAddresses` and `vnetAddresses`, which win; `bridge`. */
export function chooseNetwork(mode: NetworkMode, settings: Readonly<Record<string, string>>): Network {
  const { first, last } = parsePool(settings[`${mode}Addresses`] ?? settings.addresses ?? pools[mode])
  // The smallest network with the whole pool in it, /24 at least; its last address but one is the host's own on the bridge.
  const bits = Math.min(24, Math.clz32(first ^ last))
  const bridge = ((last | (0xffffffff >>> bits)) >>> 0) - 1
  if (mode === 'vnet' && last >= bridge) {
    throw new BenchError(
      'usage',
      `address pool must end before ${text(bridge)}, which the bridge has, got ${text(last)}`,
    )
  }
  const named = settings.bridge
  if (named !== undefined && !/^[A-Za-z][A-Za-z0-9]{0,14}$/.test(named)) {
    throw new BenchError('usage', `bridge must be the name of an interface, got ${JSON.stringify(named)}`)
  }
  return {
    mode,
    address: (index) => {
      if (first + index >= last - 1) {
        throw new BenchError(
          'usage',
          `address pool must have room for ${index + 3} jails, got ${text(first)} to ${text(last)}`,
          { hint: 'give a larger pool, such as --set addresses=10.0.0.1-10.0.3.250' },
        )
      }
      return text(first + index)
    },
    imageAddress: (role) => text(role === 'server' ? last : last - 1),
    word: (address) => (mode === 'vnet' ? `${address}/${bits}` : address),
    bridge: { name: named ?? privateBridge, address: text(bridge), bits, ours: named === undefined },
  }
}

/** `10.0.0.1-10.0.0.250`, both inclusive, private addresses only. */
export function parsePool(pool: string): { readonly first: number; readonly last: number } {
  const [from, to, ...rest] = pool.split('-').map((part) => number(part.trim()))
  const fine = from !== undefined && to !== undefined && rest.length === 0
  if (!fine || to <= from || to - from > 4096 || !isPrivate(from) || !isPrivate(to)) {
    throw new BenchError(
      'usage',
      `address pool must be two private IPv4 addresses such as ${pools.shared}, got ${JSON.stringify(pool)}`,
    )
  }
  return { first: from, last: to }
}

/** Refuses an address that the host has already: a jail that stops would take it off the interface for its owner too. */
export async function refuseTaken(host: Host, wanted: string): Promise<void> {
  for (const [name, taken] of await addresses(host)) {
    if (!taken.includes(wanted)) continue
    throw new BenchError('unavailable', `address ${wanted} must be free for a jail, interface ${name} has it`, {
      hint: 'choose other addresses, such as --set addresses=10.99.0.1-10.99.0.250, or run "pnpm bench sweep"',
    })
  }
}

/** Makes the private bridge where it is not there yet; undefined when there is nothing of ours to remove. */
export async function makeBridge(host: Host, network: Network, journal: Journal): Promise<JournalEntry | undefined> {
  const { name, address, bits, ours } = network.bridge
  if (network.mode === 'shared') return undefined
  if (await interfaceExists(host, name)) return undefined
  if (!ours) {
    throw new BenchError('unavailable', `bridge ${name} must exist, it does not`, {
      hint: `run "ifconfig bridge create name ${name} up", or leave the setting out for a private one`,
    })
  }
  await refuseTaken(host, address)
  const entry = await journal.will('interface', name, { unnamed: unnamedBridge })
  await host.run(['ifconfig', unnamedBridge, 'create'])
  await host.run(['ifconfig', unnamedBridge, 'name', name])
  // The host's own address on the bridge, so that the runner reaches the servers too.
  await host.run(['ifconfig', name, 'inet', `${address}/${bits}`])
  await host.run(['ifconfig', name, 'up'])
  return entry
}

export async function removeBridge(host: Host, name: string): Promise<void> {
  if (!isOurBridge(name))
    throw new BenchError('bug', `bridge must be one of ours to be removed, got ${JSON.stringify(name)}`)
  for (const each of [unnamedBridge, name]) {
    if (await interfaceExists(host, each)) await host.run(['ifconfig', each, 'destroy'])
    if (await interfaceExists(host, each)) throw new BenchError('os', `interface ${each} must be gone, it is not`)
  }
}

function number(address: string): number | undefined {
  const parts = address.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  return parts.length === 4 && parts.every((part) => part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : undefined
}

function text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

function isPrivate(address: number): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.)/.test(text(address))
}
