/**
 * Templates by URL. Bastille fetches them below our prefix, but does not check enough: a git clone that failed ends with status 0,
 * a folder without a Bastillefile "applies", an old copy is used again without an update, and `bastille template JAIL URL` does
 * nothing for a name with a dot. So a template is fetched anew, checked, and then applied by its name.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import { lastLines } from './command.ts'
import type { Bastille } from './command.ts'
import type { Home } from './home.ts'
import { test } from './jail.ts'
import { templateWord } from './names.ts'
import type { Template } from './template.ts'

export interface Fetched {
  /** What `bastille template` calls it: `user/repository`. */
  readonly word: string
  /** The commit of its repository, 40 digits. */
  readonly commit: string
}

/** Throws when it cannot be fetched, has no Bastillefile at its top, or does not declare an argument that it would be given. */
export async function fetchTemplate(
  host: Host,
  home: Home,
  bastille: Bastille,
  template: Pick<Template, 'name' | 'args' | 'commit'>,
  signal?: AbortSignal,
): Promise<Fetched> {
  const word = templateWord(template.name)
  const folder = `${home.prefix}/templates/${word}`
  await host.run(['rm', '-rf', folder])
  const { stdout, stderr } = await bastille.call(['bootstrap', template.name], { signal })
  if (!(await test(host, '-e', `${folder}/Bastillefile`))) {
    throw new BenchError('unavailable', `template ${template.name} must have a Bastillefile at its top, none came`, {
      lines: lastLines(`${stdout}\n${stderr}`),
      hint: 'bastille fetches it with git ("pkg install -y git") through the network of the host',
    })
  }
  const git = (...words: readonly string[]) => host.run(['git', '-C', folder, ...words], { timeoutMs: 60_000 })
  if (template.commit !== undefined) await git('checkout', '--quiet', '--detach', template.commit)
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim()
  refuseUnknown(template, (await host.run(['cat', `${folder}/Bastillefile`])).stdout)
  return { word, commit }
}

/** Bastille ignores arguments that a template does not declare; the image would then not be the one that was asked for. */
export function refuseUnknown({ name, args }: Pick<Template, 'name' | 'args'>, bastillefile: string): void {
  const declared = [...bastillefile.matchAll(/^[ \t]*ARG\+?[ \t]+(\w+)/gim)].map((match) => match[1])
  const unknown = Object.keys(args).filter((each) => !declared.includes(each))
  if (unknown.length === 0) return
  throw new BenchError(
    'usage',
    `template ${name} must declare ARG ${unknown.join(', ')}, it has ${declared.join(', ') || 'none'}`,
    { hint: 'leave the setting out (natsVersion becomes NATS_VERSION)' },
  )
}

/** Other folders where `go install` and packages put nats-server. */
const places = ['/root/go/bin', '/usr/local/go/bin', '/usr/local/sbin', '/usr/bin'] as const

/**
 * Makes a jail that the template has set up fit to be an image: nats-server is copied to where nodes look for it, and services that
 * the template switched on are switched off, because each node would start with a second server on its ports. The host's sysrc(8) does it:
 * that of a jail needs files of bsdconfig(8), which a small release lacks.
 */
export async function settle(host: Host, jail: string, before: ReadonlySet<string>): Promise<void> {
  const inside = (...words: readonly string[]) => host.run(['jexec', '-l', '-U', 'root', jail, ...words])
  for (const key of switchedOn(await readRcConf(host, jail))) {
    if (!before.has(key)) await host.run(['sysrc', '-j', jail, `${key}=NO`])
  }
  const script =
    'test -x /usr/local/bin/nats-server && exit; for place; do test -x "$place/nats-server" && exec cp "$place/nats-server" /usr/local/bin/; done; exit 0'
  await inside('sh', '-c', script, 'sh', ...places)
}

export async function readRcConf(host: Host, jail: string): Promise<string> {
  const { stdout } = await host.run(['jexec', '-l', '-U', 'root', jail, 'cat', '/etc/rc.conf'], { accept: [0, 1] })
  return stdout
}

/** Names of the variables in rc.conf that switch a service on; the last line of a name counts. */
export function switchedOn(rcConf: string): ReadonlySet<string> {
  const on = new Set<string>()
  for (const [, key = '', value = ''] of rcConf.matchAll(/^[ \t]*(\w+_enable)=["']?(\w*)/gm)) {
    if (/^(yes|true|on|1)$/i.test(value)) on.add(key)
    else on.delete(key)
  }
  return on
}
