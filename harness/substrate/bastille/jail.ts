/** What is true of a jail: asked of jls, jail.conf, mount, rctl, zfs and ifconfig, never of Bastille. */
import type { Host } from '../../host/host.ts'
import { patiently } from '../../host/patience.ts'
import { columns } from '../../host/processes-freebsd.ts'
import { BenchError } from '../../model/error.ts'
import type { Home } from './home.ts'

const dyingMs = 75_000
const pollMs = 200

/** Is its folder there, in which Bastille keeps its jail.conf and its files? */
export async function exists(host: Host, home: Home, name: string): Promise<boolean> {
  return test(host, '-e', `${home.jails}/${name}`)
}

/** False for a jail that is dying. */
export async function runs(host: Host, name: string): Promise<boolean> {
  return known(host, ['jls', '-j', name, 'jid'])
}

/** Also true of a jail that is dying: its name and address are not free yet. */
export async function lingers(host: Host, name: string): Promise<boolean> {
  return known(host, ['jls', '-d', '-j', name, 'jid'])
}

/**
 * Waits until a jail that has ended is gone from the kernel; false when it is still there after 75 s. The kernel keeps it until the
 * last of its TCP connections is forgotten: 2 MSL (60 s) after a close to a peer outside its own network stack (tcp_timewait.c,
 * in_pcb.c). The package server of an image is such a peer, and so is every other jail for a VNET jail.
 */
export function untilGone(host: Host, name: string, say: (line: string) => void): Promise<boolean> {
  const deadline = performance.now() + dyingMs
  return patiently(
    say,
    `waiting for jail ${name} to be gone (the kernel keeps it until its connections are forgotten)`,
    async () => {
      while (await lingers(host, name)) {
        if (performance.now() > deadline || (await runs(host, name))) return false
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      }
      return true
    },
  )
}

/** jls prints a number, or says that there is no such jail, or that it is dying. Anything else is an error. */
async function known(host: Host, command: readonly string[]): Promise<boolean> {
  const { status, stdout, stderr } = await host.run(command, { accept: 'any' })
  if (status === 0 && /^\d+$/.test(stdout.trim())) return true
  if (status === 0 && stdout.trim() === '') return false
  if (status === 1 && /not found|is dying/.test(stderr)) return false
  throw new BenchError('os', `\`${command.join(' ')}\` must say whether the jail runs, got status ${status}`, {
    lines: [stderr.trim() || stdout.trim()],
  })
}

export async function jailConfig(host: Host, home: Home, name: string): Promise<JailConfig | undefined> {
  const { status, stdout } = await host.run(['cat', `${home.jails}/${name}/jail.conf`], { accept: 'any' })
  return status === 0 ? parseJailConfig(stdout) : undefined
}

export interface JailConfig {
  readonly name?: string
  readonly hostname?: string
  readonly path?: string
  /** `bastille0|10.0.0.1`; absent in VNET jails. */
  readonly address?: string
  readonly vnet: boolean
}

/** The few lines of jail.conf that a clone must have got right. */
export function parseJailConfig(text: string): JailConfig {
  const value = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*"?([^;"]+)"?;`, 'm').exec(text)?.[1]?.trim()
  const entries = {
    name: /^(\S+)\s*\{/m.exec(text)?.[1],
    hostname: value('host\\.hostname'),
    path: value('path'),
    address: value('ip4\\.addr'),
  }
  return {
    vnet: /^\s*vnet;/m.test(text),
    ...Object.fromEntries(Object.entries(entries).filter(([, found]) => found !== undefined)),
  }
}

/** Everything mounted at or below a path, deepest last; as `mount` prints it: `SOURCE on PATH (TYPE, ...)`. */
export async function mountsBelow(host: Host, path: string): Promise<readonly string[]> {
  const { stdout } = await host.run(['mount'])
  return parseMounts(stdout).filter((point) => point === path || point.startsWith(`${path}/`))
}

export function parseMounts(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => / on (\/.*) \([^()]*\)$/.exec(line)?.[1] ?? [])
}

/** The rctl rules in force for exactly this jail; they stay after stop, rename and destroy. */
export async function limitsOf(host: Host, name: string): Promise<readonly string[]> {
  const { status, stdout, stderr } = await host.run(['rctl', `jail:${name}`], { accept: 'any' })
  if (status === 0) return stdout.split('\n').filter((rule) => rule.startsWith(`jail:${name}:`))
  if (/disabled|not present in kernel|No such process/i.test(stderr)) return []
  throw new BenchError('os', `rctl must list the rules of jail ${name}, got status ${status}`, {
    lines: [stderr.trim()],
  })
}

/** Datasets, or snapshots, at or below a dataset, children last; empty when it does not exist. */
export async function datasetsBelow(
  host: Host,
  dataset: string,
  kind: 'filesystem' | 'snapshot',
): Promise<readonly string[]> {
  const { status, stdout } = await host.run(['zfs', 'list', '-H', '-t', kind, '-o', 'name', '-r', dataset], {
    accept: 'any',
  })
  if (status !== 0) return []
  const mine = (name: string) => name === dataset || name.startsWith(`${dataset}/`) || name.startsWith(`${dataset}@`)
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(mine)
}

/** IPv4 addresses by interface, from `ifconfig`. */
export function parseAddresses(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  let name = ''
  for (const line of text.split('\n')) {
    name = /^([A-Za-z][\w.]*): /.exec(line)?.[1] ?? name
    const address = /^\s+inet (\d{1,3}(?:\.\d{1,3}){3})[\s/]/.exec(line)?.[1]
    if (address !== undefined) found.set(name, [...(found.get(name) ?? []), address])
  }
  return found
}

export async function addresses(host: Host): Promise<ReadonlyMap<string, readonly string[]>> {
  return parseAddresses((await host.run(['ifconfig'])).stdout)
}

export async function interfaceExists(host: Host, name: string): Promise<boolean> {
  return (await host.run(['ifconfig', name], { accept: 'any' })).status === 0
}

/**
 * Signals every process of a jail → the states that their threads had just before, in the letters of ps(1): T is stopped, Z a
 * zombie. Empty where the jail does not exist or has no process.
 */
export async function signalJail(
  host: Host,
  name: string,
  signal: 'STOP' | 'CONT' | 'KILL',
): Promise<readonly string[]> {
  const { stdout } = await host.run(['ps', '-H', '-J', name, ...columns('pid', 'state')], { accept: 'any' })
  const threads = [...stdout.matchAll(/^\s*(\d+)\s+(\S+)\s*$/gm)]
  const pids = new Set(threads.map(([, pid = '']) => pid))
  // Status 1: one of them has ended meanwhile.
  if (pids.size > 0) await host.run(['kill', `-${signal}`, ...pids], { accept: [0, 1] })
  return threads.map(([, , state = '']) => state)
}

export async function test(host: Host, flag: '-e' | '-d' | '-x' | '-r', path: string): Promise<boolean> {
  return (await host.run(['test', flag, path], { accept: [0, 1] })).status === 0
}
