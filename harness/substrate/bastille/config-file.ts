/**
 * bastille.conf and rc.conf of a host: scripts of sh(1), which Bastille and rc(8) read by running them. So do we. sysrc(8) starts anew for
 * each key and takes seconds for it on a slow board.
 */
import type { Host } from '../../host/host.ts'

export const configFile = '/usr/local/etc/bastille/bastille.conf'

/** Each key that is set gives `key=value` and a NUL byte, because a value may have newlines. */
const answers =
  'for key; do eval "value=\\${$key-} there=\\${$key+x}"; test -z "$there" || printf "%s=%s\\000" "$key" "$value"; done'
/** What a file itself prints is no answer. Where one is missing or has a syntax error sh ends before it gives any. */
const bastilleConf = `. "$0" >&2; ${answers}`
/** The defaults define the function that reads what the host's own files change of them. */
const rcConf = `. /etc/defaults/rc.conf >&2; source_rc_confs >&2; ${answers}`

/** Keys of rc.conf that a check asks for. */
const rcKeys = ['zfs_enable', 'cloned_interfaces'] as const
export type RcKey = (typeof rcKeys)[number]

/** The values of these keys; one that is not set is absent, and all are absent where the file cannot be read. */
export function readConfig<const Key extends string>(host: Pick<Host, 'run'>, keys: readonly Key[]) {
  return read(host, [bastilleConf, configFile], keys)
}

/** The same of rc.conf. */
export function readRc(host: Pick<Host, 'run'>) {
  return read(host, [rcConf, 'sh'], rcKeys)
}

/** `keys` are plain names of variables. */
async function read<const Key extends string>(
  host: Pick<Host, 'run'>,
  script: readonly [string, string],
  keys: readonly Key[],
): Promise<Readonly<Partial<Record<Key, string>>>> {
  const { stdout } = await host.run(['sh', '-c', ...script, ...keys], { accept: 'any', input: '' })
  const values: Partial<Record<Key, string>> = {}
  for (const answer of stdout.split('\0')) {
    const key = keys.find((each) => answer.startsWith(`${each}=`))
    if (key !== undefined) values[key] = answer.slice(key.length + 1)
  }
  return values
}
