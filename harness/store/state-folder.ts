/** The folder for what the harness keeps between runs of a user: the lock and the index of active runs. */
import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { BenchError } from '../model/error.ts'

/**
 * A folder in XDG_STATE_HOME, else in ~/.local/state. A relative value is ignored, as the XDG specification says; so is a HOME that is
 * relative or empty: it would be another folder wherever a command is run. Then the home of the user is the one of the system's list
 * of users (`home`). Never a folder that others can write to: a sweep ends the processes that the list of runs leads to. Throws
 * `cannot-create` where there is no home at all.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, home = homeOfUser): string {
  const base = env['XDG_STATE_HOME'] ?? ''
  if (isAbsolute(base)) return join(base, 'nats-jail-harness')
  const said = env['HOME'] ?? ''
  const root = isAbsolute(said) ? said : home()
  if (root !== undefined && isAbsolute(root)) return join(root, '.local', 'state', 'nats-jail-harness')
  throw new BenchError(
    'cannot-create',
    'HOME or XDG_STATE_HOME must name a folder for what is kept between runs, got neither',
    { hint: 'XDG_STATE_HOME=/folder/of/yours pnpm bench ...' },
  )
}

/** Undefined for a user who is on no list, as in a container that was started with the number of one. */
function homeOfUser(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}
