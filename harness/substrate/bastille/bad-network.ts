/**
 * Bad networks of VNET jails. All of it is inside the jail's own network stack and goes with the jail: the journal needs no entry.
 *
 * An impairment is a pipe of dummynet(4): a rule of ipfw(8) sends into it what comes in from the bridge. A packet that is dropped
 * there is lost on the way, so TCP at the sender is not told. A cut is a permanent entry of arp(8), as on Linux (../bad-network.ts).
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Impairment } from '../../model/impairment.ts'
import { durationMs } from '../../model/units.ts'
import { nobody } from '../bad-network.ts'
import type { Breakable } from '../substrate.ts'

const rule = '100'
const pipe = '1'
/** The longest queue that dummynet allows (pipe_byte_limit). Its default of 50 packets is full at once under load. */
const queue = '1024K'
/** The network interface inside every VNET jail, as Bastille names it. */
const device = 'vnet0'
/** Prints which modules of the firewall are loaded, and what it does with a packet that no rule matches: `1` is accept. */
const asked =
  'for m in ipfw dummynet; do kldstat -qm $m && echo $m; done; sysctl -n net.inet.ip.fw.default_to_accept 2>/dev/null; :'

export type Firewall = 'ready' | 'absent' | 'without dummynet' | 'denies'

export async function firewallOf(host: Host): Promise<Firewall> {
  const { stdout } = await host.run(['sh', '-c', asked], { accept: 'any' })
  const words = stdout.split(/\s+/)
  if (!words.includes('ipfw')) return 'absent'
  if (!words.includes('1')) return 'denies'
  return words.includes('dummynet') ? 'ready' : 'without dummynet'
}

const load = '"pnpm bench setup --impair --apply" loads them until the host is started again'
const reasons: Readonly<Record<Firewall, string | undefined>> = {
  ready: undefined,
  absent: `VNET jails cannot be impaired: ipfw and dummynet are not loaded; ${load}`,
  'without dummynet': `VNET jails cannot be impaired: dummynet is not loaded; ${load}`,
  denies:
    'VNET jails reach nobody: ipfw denies what no rule allows; set net.inet.ip.fw.default_to_accept=1 in /boot/loader.conf and start the host again',
}

/** Why VNET jails cannot be impaired, with the remedy; undefined where they can. */
export const whyNot = (firewall: Firewall): string | undefined => reasons[firewall]

/** The same, after asking the host which firewall it has. */
export async function whyNoDummynet(host: Host): Promise<string | undefined> {
  return whyNot(await firewallOf(host))
}

const inJail = (jail: string, command: string): readonly string[] => [
  'jexec',
  '-l',
  '-U',
  'root',
  jail,
  ...command.split(' '),
]
const switched = (on: 0 | 1) => `sysctl net.inet.ip.fw.enable=${on} net.inet6.ip6.fw.enable=${on}`

/** For a jail that has just been started: switches its firewall off. It is switched on only while the network is impaired. */
export async function passFirewall(host: Host, jail: string): Promise<void> {
  // The settings do not exist where ipfw is not loaded, so any status is accepted.
  await host.run(inJail(jail, switched(0)), { accept: 'any' })
}

/** `hz`: see `dummynetWords`. */
export function jailNetwork(host: Host, { node, jail, hz }: { node: string; jail: string; hz: number }): Breakable {
  const cutOff = new Set<string>()
  let impaired = false
  const inside = (command: string, accept: readonly number[] | 'any' = [0]) =>
    host.run(inJail(jail, command), { accept })
  return {
    async impair(how) {
      const why = await whyNoDummynet(host)
      if (why !== undefined) throw new BenchError('unavailable', why)
      const words = dummynetWords(how, hz)
      impaired = true
      await inside(`dnctl pipe ${pipe} config queue ${queue} ${words.join(' ')}`)
      await inside(`ipfw -q delete ${rule}`, 'any')
      await inside(`ipfw -q add ${rule} pipe ${pipe} ip4 from any to any in recv ${device}`)
      await inside(switched(1))
    },
    async whole() {
      if (!impaired) return
      await inside(switched(0))
      await inside(`ipfw -q delete ${rule}`, 'any')
      await inside(`dnctl pipe ${pipe} delete`, 'any')
      const { stdout } = await inside('ipfw list')
      if (stdout.includes(` pipe ${pipe} `)) throw stays(node, stdout)
      impaired = false
    },
    async cut(addresses) {
      for (const address of addresses) {
        cutOff.add(address)
        await inside(`arp -S ${address} ${nobody}`)
      }
    },
    async join() {
      if (cutOff.size === 0) return
      for (const address of cutOff) await inside(`arp -d ${address}`, 'any')
      const { stdout } = await inside('arp -an')
      if (stdout.includes(nobody)) throw stays(node, stdout)
      cutOff.clear()
    },
  }
}

/** Arguments of dnctl(8). `hz`: ticks of the kernel a second. dummynet counts a delay in whole ticks, rounded down. */
export function dummynetWords({ delay, jitter, loss, rate, reorder }: Impairment, hz: number): readonly string[] {
  if (jitter !== undefined || reorder !== undefined) {
    throw new BenchError('unavailable', 'jitter and reorder must be left out for jails: dummynet has neither', {
      hint: 'network namespaces and containers on Linux can do both: --on netns or --on container',
    })
  }
  const ms = delay === undefined ? undefined : (durationMs(delay) ?? 0)
  if (ms !== undefined && (!Number.isInteger(ms) || !Number.isInteger((ms * hz) / 1000))) {
    const tick = Math.max(1, 1000 / hz)
    throw new BenchError(
      'unavailable',
      `delay must be a multiple of ${tick} ms on this host, got ${delay ?? ''}: dummynet counts in whole ticks, of which its kernel has ${hz} a second`,
      {
        hint:
          hz < 1000
            ? 'choose such a delay, or set kern.hz=1000 in /boot/loader.conf and start the host again'
            : 'choose such a delay',
      },
    )
  }
  return [
    ...(ms === undefined ? [] : ['delay', String(ms)]),
    ...(loss === undefined ? [] : ['plr', String(loss)]),
    ...(rate === undefined
      ? []
      : [
          'bw',
          rate.replace(
            /^(\d+)(k|m|g)bit$/,
            (_all, number: string, unit: string) => `${number}${unit.toUpperCase()}bit/s`,
          ),
        ]),
  ]
}

const stays = (node: string, seen: string): BenchError =>
  new BenchError('os', `network of node ${node} must be whole again, got ${JSON.stringify(seen.trim())}`)
