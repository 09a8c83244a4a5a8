/** Private IPv4 subnets for nodes: found free, checked, counted. */
import { BenchError } from '../model/error.ts'

export interface Subnet {
  /** First address, as a number. */
  readonly base: number
  readonly bits: number
}

/** Where subnets are looked for, away from the pools that engines use by themselves. Each is a /22, with room for about 1,000 nodes. */
const pool = parseSubnet('10.212.0.0/14')!
const bits = 22
/** Network, gateway and broadcast address. */
const reserved = 3

/** Pure: the first subnet that overlaps none of `taken`. The search starts at a place that depends on the run's tag. */
export function freeSubnet(tag: string, taken: readonly Subnet[]): Subnet {
  const candidates = 2 ** (bits - pool.bits)
  const start = [...tag].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
  for (let step = 0; step < candidates; step++) {
    const candidate = { base: pool.base + ((start + step) % candidates) * 2 ** (32 - bits), bits }
    if (!taken.some((other) => overlaps(candidate, other))) return candidate
  }
  throw new BenchError('unavailable', `a subnet of ${formatSubnet(pool)} must be free, got none`, {
    hint: 'name one with --set addresses=10.1.0.0/22, or remove networks that are not in use',
  })
}

/** The setting `addresses`, checked. Throws BenchError `usage`. */
export function chosenSubnet(text: string): Subnet {
  const subnet = parseSubnet(text)
  if (subnet === undefined || subnet.bits < 8 || subnet.bits > 29) {
    throw new BenchError('usage', `addresses must be an IPv4 subnet such as 10.1.0.0/22, got ${JSON.stringify(text)}`)
  }
  return subnet
}

/** Address of the node with this index. Throws BenchError `unavailable` when the subnet is too small. */
export function addressOf(subnet: Subnet, index: number): string {
  const most = 2 ** (32 - subnet.bits) - reserved
  if (index < 0 || index >= most) {
    throw new BenchError(
      'unavailable',
      `subnet ${formatSubnet(subnet)} must have room for node ${index}, it has ${most}`,
      { hint: 'name a larger one with --set addresses=10.1.0.0/20' },
    )
  }
  return formatAddress(subnet.base + index + 2)
}

export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [a, b, c, d, size] = match.slice(1).map(Number) as [number, number, number, number, number]
  if ([a, b, c, d].some((part) => part > 255) || size > 32) return undefined
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  return { base: address - (address % 2 ** (32 - size)), bits: size }
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.bits}`
}

/** The first address, with its mask; the host or the engine has it. */
export function gatewayOf(subnet: Subnet): string {
  return `${formatAddress(subnet.base + 1)}/${subnet.bits}`
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

function overlaps(a: Subnet, b: Subnet): boolean {
  const end = (subnet: Subnet): number => subnet.base + 2 ** (32 - subnet.bits)
  return a.base < end(b) && b.base < end(a)
}
