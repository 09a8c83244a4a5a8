/** The folder for what the harness keeps between runs of a user: the lock and the index of active runs. */
import { isAbsolute, join } from 'node:path'

/**
 * A folder in XDG_STATE_HOME, else in ~/.local/state, else below /tmp. A relative value is ignored, as the XDG specification says; so
 * is a HOME that is relative or empty: it would be another folder wherever a command is run.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_STATE_HOME'] ?? ''
  const home = env['HOME'] ?? ''
  const root = isAbsolute(base) ? base : join(isAbsolute(home) ? home : '/tmp', '.local', 'state')
  return join(root, 'nats-jail-harness')
}
