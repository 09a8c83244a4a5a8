/** Which bootstrapped release the jails share. */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { HostFacts } from '../../model/facts.ts'
import type { Home } from './home.ts'
import { test } from './jail.ts'
import { releaseName } from './names.ts'

/** Setting `release`, else the newest that the host's kernel can run. */
export async function chooseRelease(
  host: Host,
  home: Pick<Home, 'releases'>,
  facts: Pick<HostFacts, 'kernel'>,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const there = await listReleases(host, home)
  const wanted = settings.release === undefined ? newestFor(facts.kernel, there) : releaseName(settings.release)
  if (wanted !== undefined && there.includes(wanted)) return wanted
  const missing = wanted ?? releaseOf(facts.kernel)
  throw new BenchError(
    'unavailable',
    `release ${missing} must be bootstrapped on ${host.name}, got ${there.join(', ') || 'none'}`,
    { hint: `run "bastille bootstrap ${missing}" there` },
  )
}

/** Patch level such as `15.1-RELEASE-p1`, read from the script freebsd-version(1) of that release; empty where it is not there. */
export async function patchOf(host: Host, home: Pick<Home, 'releases'>, release: string): Promise<string> {
  const file = `${home.releases}/${release}/bin/freebsd-version`
  const { stdout } = await host.run(['sed', '-n', 's/^USERLAND_VERSION="\\(.*\\)"$/\\1/p', file], { accept: 'any' })
  return /^[\w.-]{1,60}$/.test(stdout.trim()) ? stdout.trim() : ''
}

/** Complete releases only, by their folders: some versions of `bastille list release` add the patch level. */
export async function listReleases(host: Host, home: Pick<Home, 'releases'>): Promise<readonly string[]> {
  const { stdout, status } = await host.run(['ls', home.releases], { accept: 'any' })
  const names = status === 0 ? stdout.split('\n').filter((name) => /^\d+\.\d+-[A-Z0-9]+$/.test(name)) : []
  const whole = await Promise.all(
    names.map(async (name) => {
      const folder = `${home.releases}/${name}`
      return (
        (await test(host, '-x', `${folder}/bin/freebsd-version`)) && (await test(host, '-e', `${folder}/COPYRIGHT`))
      )
    }),
  )
  return names.filter((_, at) => whole[at])
}

/** A jail's userland must not be newer than the kernel. */
export function newestFor(kernel: string, releases: readonly string[]): string | undefined {
  const most = rank(kernel)
  return [...releases].filter((name) => rank(name) <= most).sort((a, b) => rank(b) - rank(a))[0]
}

function releaseOf(kernel: string): string {
  return kernel.replace(/-p\d+$/, '')
}

function rank(release: string): number {
  const match = /^(\d+)\.(\d+)/.exec(release)
  return match === null ? 0 : Number(match[1]) * 100 + Number(match[2])
}
