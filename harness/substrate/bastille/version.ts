/** Which version of Bastille it is. Code newer than 1.4.4 prints the version 1.4.4 too, but knows the global option `-q`. */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'

export interface BastilleVersion {
  /** As printed: `1.4.4`, `1.0.1.250714`, `master-040f806`. */
  readonly text: string
  /** Major, minor, patch; 0 where the text has none. */
  readonly numbers: readonly [number, number, number]
  /** Newer than 1.4.4: has global options and prints its own lines on stdout again. */
  readonly next: boolean
}

export type Support =
  | { readonly state: 'ok' }
  /** `because` and `remedy` are sentences for people. */
  | { readonly state: 'warn' | 'fail'; readonly because: string; readonly remedy: string }

const upgrade = 'pkg install -y bastille'

/** The last line with text on either stream: stdout up to 1.3.2 and after 1.4.4, stderr in 1.4.0 to 1.4.4, coloured in 0.9. */
export function parseVersion(stdout: string, stderr: string, acceptsQuiet: boolean): BastilleVersion | undefined {
  const lines = `${stderr}\n${stdout}`
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  // Its last word: an sh whose echo does not know -e prints "-e" before it.
  const text = lines.at(-1)?.split(/\s+/).at(-1)
  if (text === undefined || !/^[\w.-]{1,60}$/.test(text)) return undefined
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,8}))?/.exec(text)
  if (match === null) return acceptsQuiet ? { text, numbers: [1, 4, 4], next: true } : undefined
  return {
    text,
    numbers: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)],
    next: acceptsQuiet,
  }
}

/** Can the harness use this version? The faults named here were seen in runs with each old version. */
export function supported(version: BastilleVersion): Support {
  const [major, minor] = version.numbers
  if (major < 1 && minor < 14) {
    return {
      state: 'fail',
      because: `${version.text} knows no configuration of one's own and has other words for limits and destroy`,
      remedy: upgrade,
    }
  }
  if (major < 1) {
    return {
      state: 'warn',
      because: `${version.text} writes no netmask into VNET clones and reports success for jails that are stopped; every step is checked, but use a newer one`,
      remedy: upgrade,
    }
  }
  if (major === 1 && minor === 0) {
    return {
      state: 'fail',
      because: `${version.text} clones jails without an address and gives commands no standard input`,
      remedy: upgrade,
    }
  }
  if (major === 1 && minor === 3) {
    return {
      state: 'warn',
      because: `${version.text} creates VNET jails without a netmask; the harness writes that of its own`,
      remedy: upgrade,
    }
  }
  return { state: 'ok' }
}

/** The words that remove a jail, running or not, without questions: `-y` came with 1.0. */
export function destroyWords(version: BastilleVersion): readonly string[] {
  return version.numbers[0] < 1 ? ['destroy', '-a'] : ['destroy', '-ay']
}

const probed = new WeakMap<Host, BastilleVersion>()

/** Asks each host once, and again only while it finds none. Undefined when there is no `bastille` in its PATH. */
export async function probeVersion(host: Host): Promise<BastilleVersion | undefined> {
  const known = probed.get(host)
  if (known !== undefined) return known
  const found = await host.run(['sh', '-c', 'command -v bastille'], { accept: 'any' })
  if (found.status !== 0) return undefined
  const env = { NO_COLOR: '1' }
  const told = await host.run(['bastille', 'version'], { env, accept: 'any' })
  const quiet = await host.run(['bastille', '-q', 'version'], { env, accept: 'any' })
  const version = parseVersion(told.stdout, told.stderr, quiet.status === 0)
  if (version === undefined) {
    throw new BenchError(
      'unavailable',
      `bastille must tell its version, got ${JSON.stringify(told.stdout + told.stderr)}`,
      { hint: `run "bastille version" on ${host.name} as root and look at what it says` },
    )
  }
  probed.set(host, version)
  return version
}
