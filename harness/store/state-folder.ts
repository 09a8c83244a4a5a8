/** Where this user's harness keeps what outlives a run: the lock and the index of active runs. */
import { isAbsolute, join } from 'node:path'

/** XDG_STATE_HOME, else ~/.local/state; relative values do not count, as the XDG specification says. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_STATE_HOME']
  const home = env['HOME'] ?? '/tmp'
  const root = base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'state')
  return join(root, 'nats-jail-harness')
}
