/** bastille.conf of a host: a script of sh(1), which Bastille reads by running it. So do we. */
import type { Host } from '../../host/host.ts'

export const configFile = '/usr/local/etc/bastille/bastille.conf'

/**
 * `$1` is the file, the others are keys. Each key that is set gives `key=value` and a NUL byte, because a value may have newlines. What
 * the file itself prints is no answer. Where the file is missing or has a syntax error sh ends before it gives one.
 */
const script =
  '. "$1" >&2; shift; for key; do eval "value=\\${$key-} there=\\${$key+x}"; test -z "$there" || printf "%s=%s\\000" "$key" "$value"; done'

/**
 * The values of these keys; one that is not set is absent, and all are absent where the file cannot be read. `keys` are plain names of
 * variables. One call of sh: sysrc(8) starts anew for each key and takes a second or more for it on a slow board.
 */
export async function readConfig<const Key extends string>(
  host: Pick<Host, 'run'>,
  keys: readonly Key[],
): Promise<Readonly<Partial<Record<Key, string>>>> {
  const { stdout } = await host.run(['sh', '-c', script, 'sh', configFile, ...keys], { accept: 'any', input: '' })
  const values: Partial<Record<Key, string>> = {}
  for (const answer of stdout.split('\0')) {
    const key = keys.find((each) => answer.startsWith(`${each}=`))
    if (key !== undefined) values[key] = answer.slice(key.length + 1)
  }
  return values
}
