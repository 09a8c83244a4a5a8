/**
 * Where a golden jail gets its packages: from the server that its release names, which is looked for from the jail's own address
 * before anything is built, or from a repository on the host that it is lent while its template is applied.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Home } from './home.ts'
import { test } from './jail.ts'
import { plainPath } from './names.ts'
import type { Removal } from './remove.ts'

const answerSeconds = 10

/** Setting `packages`: absolute path of a folder that `pkg repo` made, on the host. Undefined where it is not set. */
export function choosePackages(settings: Readonly<Record<string, string>>): string | undefined {
  return settings.packages === undefined ? undefined : plainPath('packages', settings.packages)
}

/** Servers of the repositories that a release's pkg knows, `https://pkg.FreeBSD.org`; none for files, and where it has no list. */
export function serversOf(configuration: string): readonly string[] {
  const urls = [...configuration.matchAll(/^\s*url\s*:\s*"?(?:pkg\+)?(https?:\/\/[^/"\s]+)/gim)]
  return [...new Set(urls.flatMap(([, url]) => url ?? []))]
}

/** The address is free and stays so: it is on the interface for the time of the question only. */
export async function refuseUnreachable(
  { host, home }: Pick<Removal, 'host' | 'home'>,
  release: string,
  address: string,
): Promise<void> {
  const [server] = serversOf(await configurationOf(host, home, release))
  if (server === undefined) return
  await host.run(['ifconfig', home.interface, 'inet', address, 'netmask', '255.255.255.255', 'alias'])
  const words = ['-q', '-s', '-T', String(answerSeconds)]
  const asked = await host
    .run(['fetch', ...words, `--bind-address=${address}`, `${server}/`], { accept: 'any' })
    .finally(() => host.run(['ifconfig', home.interface, 'inet', address, '-alias']))
  if (answered(asked)) return
  const own = answered(await host.run(['fetch', ...words, `${server}/`], { accept: 'any' }))
  throw new BenchError(
    'unavailable',
    own
      ? `jails at ${address} must reach ${server} for their packages: ${host.name} does, they do not`
      : `${host.name} must reach ${server} for the packages of its jails, it does not`,
    {
      lines: asked.stderr.trim().split('\n').slice(-3),
      hint: own
        ? `NAT for them in /etc/pf.conf ("nat on EXT from ${address.replace(/\.\d+$/, '.0/24')} to any -> (EXT)", with gateway_enable and pf_enable), or a repository of the host: --set packages=/path/to/repository`
        : 'repair its network, or give a repository of the host: --set packages=/path/to/repository',
    },
  )
}

/** Whatever a server says, it is there: not every one has something at its top. */
function answered({ status, stderr }: { readonly status: number; readonly stderr: string }): boolean {
  return status === 0 || /Not Found|Forbidden|Unauthorized|Moved|Bad Request/i.test(stderr)
}

async function configurationOf(host: Host, home: Home, release: string): Promise<string> {
  const folder = `${home.releases}/${release}`
  const script = 'cat "$1"/etc/pkg/*.conf "$1"/usr/local/etc/pkg/repos/*.conf 2>/dev/null; :'
  return (await host.run(['sh', '-c', script, 'sh', folder])).stdout
}

const inside = '/var/natsbench-packages'
const repository = 'natsbench.conf'
/** Of 14.x, then of 15.x (etc/pkg of the release): a server that is not there must not be waited for. */
const others = ['FreeBSD', 'FreeBSD-kmods', 'FreeBSD-ports', 'FreeBSD-ports-kmods', 'FreeBSD-base']
const configuration = [
  ...others.map((name) => `${name}: { enabled: no }`),
  `natsbench: { url: "file://${inside}", signature_type: "none", enabled: yes }`,
  '',
].join('\n')

/** `work` while the jail has the folder as its only repository; afterwards it knows its own ones again. */
export async function withPackages<T>(
  { host, home }: Pick<Removal, 'host' | 'home'>,
  jail: string,
  folder: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (folder === undefined) return work()
  const root = `${home.jails}/${jail}/root`
  const repos = `${root}/usr/local/etc/pkg/repos`
  if (!(await test(host, '-e', `${folder}/meta.conf`))) {
    throw new BenchError('usage', `packages must be a folder with meta.conf, as pkg repo makes it, got ${folder}`)
  }
  await host.run(['mkdir', '-p', `${root}${inside}`, repos])
  await host.put({ [repository]: configuration }, repos)
  await host.run(['mount', '-t', 'nullfs', '-o', 'ro', folder, `${root}${inside}`])
  try {
    return await work()
  } finally {
    await host.run(['umount', `${root}${inside}`])
    await host.run(['rmdir', `${root}${inside}`])
    await host.run(['rm', '-f', `${repos}/${repository}`])
  }
}
