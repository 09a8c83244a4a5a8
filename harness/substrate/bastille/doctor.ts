/** What a host must have for jails, each with its state, what it means, and the command that fixes it. Changes nothing. */
import type { Host } from '../../host/host.ts'
import type { DoctorLine } from '../../model/doctor.ts'
import { configKeys } from './check.ts'
import type { Answer, Ask, Check, ConfigKey } from './check.ts'
import { readConfig, readRc, type RcKey } from './config-file.ts'
import { hostChecks } from './doctor-host.ts'
import { neighbourChecks } from './doctor-neighbours.ts'
import { networkChecks } from './doctor-network.ts'
import { remedyText } from './remedy.ts'

export interface DoctorOptions {
  /** Only what must be right before a run. */
  readonly essential?: boolean
  /** Which network will be used; default `shared`. Trouble with the other one is only a warning. */
  readonly network?: 'shared' | 'vnet'
  /** Bad networks of VNET jails are wanted. */
  readonly impair?: boolean
}

/** Lines in a fixed order. On a host that is not FreeBSD there is only the first line, because all others would fail too. */
export async function jailDoctor(host: Host, options: DoctorOptions = {}): Promise<readonly DoctorLine[]> {
  return (await examineJails(host, options)).map(({ fix, ...line }) => ({
    ...line,
    ...(fix === undefined ? {} : { fix: typeof fix === 'string' ? fix : remedyText(fix) }),
  }))
}

export type Examined = Answer & Pick<DoctorLine, 'about'>

/** The same, with fixes as commands that can be run. */
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
  // Without root every further answer is "permission denied".
  const alone = checks.findIndex(({ about }) => about === 'root') + 1
  const first = await answers(checks.slice(0, alone), ask)
  if (first.some(({ about, state }) => about === 'root' && state === 'fail')) return first
  return [...first, ...(await answers(checks.slice(alone), ask))]
}

/** How many checks ask at the same time: over ssh most of the time is waiting, and sshd allows ten sessions (MaxSessions). */
const atOnce = 4

async function answers(checks: readonly Check[], ask: Ask): Promise<readonly Examined[]> {
  const found = new Map<Check, Answer | undefined>()
  const left = checks.values()
  const work = async () => {
    for (const check of left) found.set(check, await check.answer(ask))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return checks.flatMap((check) => {
    const answer = found.get(check)
    return answer === undefined ? [] : [{ about: check.about, ...answer }]
  })
}

function asker(host: Host, network: 'shared' | 'vnet', impair: boolean): Ask {
  const run = (...command: readonly string[]) =>
    host.run(['sh', '-c', 'exec "$@"', 'sh', ...command], { accept: 'any', input: '', env: { NO_COLOR: '1' } })
  const line = async (...command: readonly string[]) => {
    const { status, stdout } = await run(...command)
    return status === 0 ? (stdout.split('\n')[0] ?? '').trim() : ''
  }
  let keys: ReturnType<typeof readConfig<ConfigKey>> | undefined
  const config = async (key: ConfigKey) => {
    keys ??= readConfig(host, configKeys)
    return (await keys)[key] ?? ''
  }
  let rcConf: ReturnType<typeof readRc> | undefined
  const rc = async (key: RcKey) => {
    rcConf ??= readRc(host)
    return (await rcConf)[key] ?? ''
  }
  return { host, network, impair, run, line, config, rc }
}
