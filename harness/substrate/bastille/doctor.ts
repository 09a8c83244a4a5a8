/** What a host must have for jails, each with its state, what it means, and the command that mends it. Changes nothing. */
import type { Host } from '../../host/host.ts'
import type { DoctorLine } from '../../model/doctor.ts'
import { configFile } from './check.ts'
import type { Answer, Ask } from './check.ts'
import { hostChecks } from './doctor-host.ts'
import { neighbourChecks } from './doctor-neighbours.ts'
import { networkChecks } from './doctor-network.ts'
import { remedyText } from './remedy.ts'

export interface DoctorOptions {
  /** Only what must be right before a run. */
  readonly essential?: boolean
  /** Which network will be used; `shared` where nothing is said. Trouble with the other one only warns. */
  readonly network?: 'shared' | 'vnet'
  /** Bad networks of VNET jails are wanted. */
  readonly impair?: boolean
}

/** Lines in a fixed order. Stops after the first where the host is no FreeBSD, for all others would fail with it. */
export async function jailDoctor(host: Host, options: DoctorOptions = {}): Promise<readonly DoctorLine[]> {
  return (await examineJails(host, options)).map(({ fix, ...line }) => ({
    ...line,
    ...(fix === undefined ? {} : { fix: typeof fix === 'string' ? fix : remedyText(fix) }),
  }))
}

export type Examined = Answer & Pick<DoctorLine, 'about'>

/** The same with remedies that can be run. */
export async function examineJails(host: Host, options: DoctorOptions = {}): Promise<readonly Examined[]> {
  const ask = asker(host, options.network ?? 'shared', options.impair ?? false)
  const system = await ask.line('uname', '-s')
  if (system !== 'FreeBSD') {
    const because = `jails need FreeBSD, this is ${system === '' ? 'another system' : system}`
    return [{ about: 'operating system', state: 'fail', because, fix: 'pnpm bench run --on process' }]
  }
  const checks = [...hostChecks, ...networkChecks, ...neighbourChecks].filter(
    (check) => options.essential !== true || check.essential,
  )
  const lines: Examined[] = []
  for (const { about, answer } of checks) {
    const found = await answer(ask)
    if (found !== undefined) lines.push({ about, ...found })
    // Without root every further answer is "permission denied".
    if (about === 'root' && found?.state === 'fail') break
  }
  return lines
}

function asker(host: Host, network: 'shared' | 'vnet', impair: boolean): Ask {
  const run = (...command: readonly string[]) =>
    host.run(['sh', '-c', 'exec "$@"', 'sh', ...command], { accept: 'any', input: '', env: { NO_COLOR: '1' } })
  const line = async (...command: readonly string[]) => {
    const { status, stdout } = await run(...command)
    return status === 0 ? (stdout.split('\n')[0] ?? '').trim() : ''
  }
  // Several checks ask for the same key, and sysrc, a long script, takes seconds on a slow board: one look asks once for each.
  const keys = new Map<string, Promise<string>>()
  const config = (key: string) => {
    const value = keys.get(key) ?? line('sysrc', '-f', configFile, '-n', key)
    keys.set(key, value)
    return value
  }
  return { host, network, impair, run, line, config }
}
