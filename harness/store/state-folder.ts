/** The folder for what the harness keeps between runs of a user: the lock and the index of active runs. */
import { isAbsolute, join } from 'node:path'

/** A folder in XDG_STATE_HOME, else in ~/.local/state. A relative value is ignored, as the XDG specification says. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_STATE_HOME']
  const home = env['HOME'] ?? '/tmp'
  const root = base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'state')
  return join(root, 'nats-jail-harness')
}
