/**
 * Where a golden jail gets its packages: from the server that its release names, or from a repository on the host that is mounted
 * into it while its template is applied. Before anything is built, a fetch from the jail's own address shows whether the server is reached.
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

/** Servers of the repositories in a release's configuration of pkg, such as `https://pkg.FreeBSD.org`; none for `file:` URLs. */
export function serversOf(configuration: string): readonly string[] {
  const urls = [...configuration.matchAll(/^\s*url\s*:\s*"?(?:pkg\+)?(https?:\/\/[^/"\s]+)/gim)]
  return [...new Set(urls.flatMap(([, url]) => url ?? []))]
}

/** Throws where a jail at this address would not reach the package server. The address is on the interface only during this check. */
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

/** Any answer of HTTP, an error too, shows that the server is reached: not every server has a page at its root. */
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
/** Repositories of 14.x, then of 15.x (etc/pkg of the release). They are switched off: pkg would wait for servers it cannot reach. */
const others = ['FreeBSD', 'FreeBSD-kmods', 'FreeBSD-ports', 'FreeBSD-ports-kmods', 'FreeBSD-base']
const configuration = [
  ...others.map((name) => `${name}: { enabled: no }`),
  `natsbench: { url: "file://${inside}", signature_type: "none", enabled: yes }`,
  '',
].join('\n')

/** Does `work` while the folder is the jail's only repository. Afterwards the jail has its own repositories again. */
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
