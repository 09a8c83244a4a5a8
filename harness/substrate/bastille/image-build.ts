/** Builds one golden jail: creates it, fills it by its template or from a shared one, stops it, and marks it as finished. */
import type { Host } from '../../host/host.ts'
import { patiently } from '../../host/patience.ts'
import { BenchError } from '../../model/error.ts'
import { lastLines } from './command.ts'
import { fetchTemplate } from './foreign.ts'
import { setUpOf } from './home.ts'
import { marker } from './images.ts'
import type { Image, ImageRequest } from './images.ts'
import { jailConfig, runs, untilGone } from './jail.ts'
import { refuseUnreachable, withPackages } from './packages.ts'
import type { Removal } from './remove.ts'
import { applyTemplate, isForeign } from './template.ts'

/**
 * Daemons of the system (rc.conf(5)) that would run beside the load, and each stop of a jail would wait for them. One stays, syslogd: a jail
 * that is not to persist (jail(8)), as those of Bastille, ends with its last process. Seen on FreeBSD 15.1: without syslogd it was gone after
 * a `bastille start` with status 0.
 */
export const switchedOff = ['cron_enable=NO'] as const

/** The jail `name` does not exist yet; on failure it is left half made. Rejects with `interrupted` soon after the signal. */
export async function buildImage(removal: Removal, request: ImageRequest, name: string): Promise<Image> {
  const { host, home, bastille, say } = removal
  const { template, release, arch, network, address, role, patch, base, signal } = request
  const stop = signal === undefined ? {} : { signal }
  const vnet = network.mode === 'vnet'
  // Before the jail is made, which takes long: an error in the template is found at once.
  const fetched =
    base === undefined && isForeign(template) ? await fetchTemplate(host, home, bastille, template, signal) : undefined
  const words = [...(vnet ? ['-B'] : []), name, release, network.word(address), ...(vnet ? [network.bridge.name] : [])]
  const lent = request.packages
  if (base === undefined && lent === undefined) await refuseUnreachable(removal, release, address)
  const made = await bastille.call(['create', ...words], { timeoutMs: 1_800_000, alone: vnet, ...stop })
  const config = await jailConfig(host, home, name)
  if (config?.name !== name || config.vnet !== vnet || !(await runs(host, name))) {
    throw new BenchError('os', `image ${name} must run after bastille create, it does not (status ${made.status})`, {
      lines: lastLines(`${made.stdout}\n${made.stderr}`),
    })
  }
  if (vnet) await refuseHostDevices(removal, name)
  const seen = () => sizeOf(host, `${home.jails}/${name}`)
  if (base === undefined)
    await withPackages(removal, name, lent, () =>
      applyTemplate(host, home, bastille, name, template, fetched, { ...stop, lane: role, seen }),
    )
  else
    await patiently(say, `filling image ${name} from ${base.name}`, () => copyContent(removal, base, name, stop), seen)
  const programs: Record<string, string> = {}
  for (const program of template.programs) {
    const { stdout } = await host.run(['jexec', '-l', '-U', 'root', name, program, '--version'])
    const word = program.split('/').at(-1) ?? program
    // "nats-server: v2.15.2" says its name itself, node does not.
    programs[word] = stdout.trim().replace(`${word}: `, '')
  }
  await host.run(['sysrc', '-j', name, ...switchedOff])
  await bastille.call(['stop', name], { alone: vnet })
  if (!(await untilGone(host, name, say))) throw new BenchError('os', `image ${name} must stop, it still runs`)
  const commit = base?.commit ?? fetched?.commit
  const image: Image = {
    name,
    template: template.name,
    args: template.args,
    ...(commit === undefined ? {} : { commit }),
    release,
    arch,
    network: network.mode,
    programs,
    setUp: setUpOf(home),
    ...(patch === '' ? {} : { patch }),
  }
  await host.put({ [marker]: `${JSON.stringify(image)}\n` }, `${home.jails}/${name}`)
  return image
}

/**
 * Copies everything of a stopped image into one that has just been created and runs, except what is mounted or belongs to a
 * running system, the links to the release, and rc.conf, which holds the network. `var/empty` is immutable (schg) and empty in
 * both. `find` makes the list, because an `--exclude` of bsdtar also matches in folders deeper down.
 */
export const copyScript =
  'cd "$1" && find . -xdev \\( -path ./.bastille -o -path ./dev -o -path ./proc -o -path ./tmp -o -path ./var/run -o -path ./var/empty \\) -prune -o ! -path . ! -path ./etc/rc.conf ! -lname "/.bastille/*" -print0 | tar -cf - --no-recursion --null -T - | tar -xpf - -C "$2"'

async function copyContent(
  { host, home }: Removal,
  base: Image,
  name: string,
  stop: { readonly signal?: AbortSignal },
): Promise<void> {
  const roots = [base.name, name].map((jail) => `${home.jails}/${jail}/root`)
  await host.run(['sh', '-c', copyScript, 'sh', ...roots], { timeoutMs: 600_000, ...stop })
}

/** `134 MiB on disk`. -x: what is mounted in it, such as the release, is not counted. */
async function sizeOf(host: Host, folder: string): Promise<string> {
  const { stdout } = await host.run(['du', '-skx', folder], { accept: 'any' })
  const kib = /^(\d+)/.exec(stdout)?.[1]
  return kib === undefined || Number(kib) < 1024 ? '' : `${Math.round(Number(kib) / 1024)} MiB on disk`
}

/** Without devfs ruleset 13 a VNET jail sees the disks and the memory of the host, and Bastille does not report it. */
export async function refuseHostDevices({ host }: Removal, name: string): Promise<void> {
  const { stdout } = await host.run(['jexec', '-l', '-U', 'root', name, 'ls', '/dev'])
  const devices = stdout.split(/\s+/).filter((device) => /^(mem|kmem|io|pci)$/.test(device))
  if (devices.length === 0) return
  throw new BenchError(
    'unavailable',
    `VNET jail ${name} must not see the host's devices, it sees /dev/${devices.join(', /dev/')}`,
    { hint: 'run "bastille setup -y vnet && service devfs restart" on the host' },
  )
}
