/** Which substrate: the one asked for, else the best for this host. The code of each is loaded only when it is needed. */
import { patiently } from '../host/patience.ts'
import { BenchError } from '../model/error.ts'
import { oneOf, substrateNames, substrates, type SubstrateName } from '../model/substrates.ts'
import { warning } from '../model/warning.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

const makers: Readonly<Record<SubstrateName, (context: SubstrateContext) => Promise<Substrate>>> = {
  process: async (context) => (await import('./process.ts')).processSubstrate(context),
  container: async (context) => (await import('./container.ts')).containerSubstrate(context),
  bastille: async (context) => (await import('./bastille/bastille.ts')).bastilleSubstrate(context),
  netns: async (context) => (await import('./netns.ts')).netnsSubstrate(context),
  memory: async () => (await import('./memory.ts')).memorySubstrate(),
}

/** Throws `usage` for an unknown setting. A setting of another substrate has no effect, and a warning says so. */
function checkSettings(name: SubstrateName, { settings, say }: SubstrateContext): void {
  const all = ['on', ...new Set(Object.values(substrates).flatMap((kind) => kind.settings))]
  for (const setting of Object.keys(settings)) {
    if (!all.includes(setting)) {
      throw new BenchError('usage', `setting must be one of ${all.join(', ')}, got ${JSON.stringify(setting)}`, {
        hint: '--set is for the substrate; what a scenario says is changed in its file, by its variants, or by --rate, --measure, --warmup, --repeats',
      })
    }
    if (setting !== 'on' && !substrates[name].settings.includes(setting))
      say(warning(`the setting ${setting} has no effect on ${name}`))
  }
}

/** Does not check whether this host supports it. */
export function makeSubstrate(name: SubstrateName, context: SubstrateContext): Promise<Substrate> {
  return makers[name](context)
}

export interface Chosen {
  readonly substrate: Substrate
  /** One sentence for the report. */
  readonly why: string
}

/**
 * `auto`: jails on a FreeBSD host that can make them, else processes. Others are used only where they are named, on the command line
 * or, for a whole environment such as CI, by `settings.on` (BENCH_ON). Throws `unavailable` with the reason.
 */
export async function chooseSubstrate(wanted: SubstrateName | 'auto', context: SubstrateContext): Promise<Chosen> {
  const fromSettings = context.settings['on']
  if (wanted !== 'auto') {
    if (fromSettings !== undefined && fromSettings !== wanted)
      context.say(warning(`the setting on=${fromSettings} has no effect: ${wanted} was asked for`))
    return asked(wanted, context, `${wanted} was asked for`)
  }
  if (fromSettings !== undefined && fromSettings !== 'auto') {
    return asked(
      oneOf('substrate', substrateNames, fromSettings),
      context,
      `the setting on=${fromSettings} asks for it`,
    )
  }
  if (context.facts.os !== 'FreeBSD') {
    return asked('process', context, `nodes are processes: jails need FreeBSD, this host runs ${context.facts.os}`)
  }
  const jails = await makeSubstrate('bastille', context)
  const missing = await reasonAgainst(jails, context)
  if (missing === undefined) {
    checkSettings('bastille', context)
    return { substrate: jails, why: 'jails: this host runs FreeBSD with Bastille' }
  }
  return asked('process', context, `processes: jails are not possible here (${missing})`)
}

/** For jails the host is asked about forty questions, which takes a minute or two on a slow host. */
function reasonAgainst(substrate: Substrate, { host, say }: SubstrateContext): Promise<string | undefined> {
  return patiently(say, `looking at ${host.name}`, () => substrate.unsupported())
}

async function asked(name: SubstrateName, context: SubstrateContext, why: string): Promise<Chosen> {
  checkSettings(name, context)
  const substrate = await makeSubstrate(name, context)
  const reason = await reasonAgainst(substrate, context)
  if (reason === undefined) return { substrate, why }
  throw new BenchError('unavailable', `substrate ${name} must be possible on ${context.host.name}, got: ${reason}`, {
    hint: '`pnpm bench doctor` says what each substrate needs',
  })
}
