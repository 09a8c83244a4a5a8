import { describe, expect, it } from 'vitest'
import type { Home } from './home.ts'
import { choosePackages, refuseUnreachable, serversOf } from './packages.ts'
import { recordedHost } from './transcript-under-test.ts'

/** As etc/pkg/FreeBSD.conf of FreeBSD 15 has it (usr.sbin/pkg/FreeBSD.conf.quarterly). */
const configuration = `FreeBSD-ports: {
  url: "pkg+https://pkg.FreeBSD.org/\${ABI}/quarterly",
  mirror_type: "srv",
  signature_type: "fingerprints",
  enabled: yes
}
FreeBSD-ports-kmods: {
  url: "pkg+https://pkg.FreeBSD.org/\${ABI}/kmods_quarterly_\${VERSION_MINOR}",
}
`
const home: Home = {
  config: '',
  prefix: '',
  jails: '',
  logs: '',
  releases: '/usr/local/bastille/releases',
  interface: 'bastille0',
  vnetType: 'if_bridge',
  addressTable: 'jails',
}

/** Answers `fetch` with `jail` where it is bound to the jail's address, else with `own`; records what was done. */
function hostWith(jail: string, own: string, pkg = configuration) {
  const done: string[] = []
  const reply = (stderr: string) => ({ stderr, status: stderr === '' ? 0 : 1 })
  const host = recordedHost((command) => {
    done.push(command)
    if (command.startsWith('sh -c cat ')) return { stdout: pkg }
    if (command.startsWith('ifconfig ')) return {}
    if (command.startsWith('fetch ')) return reply(command.includes('--bind-address=10.0.0.249') ? jail : own)
    return undefined
  })
  return { host, done }
}
const ask = ({ host }: ReturnType<typeof hostWith>) => refuseUnreachable({ host, home }, '15.1-RELEASE', '10.0.0.249')
const timeout = 'fetch: https://pkg.FreeBSD.org/: Operation timed out\n'

describe('the package server of a golden jail', () => {
  it('is that of the release, asked from the address of the jail, which is not kept', async () => {
    const there = hostWith('', '')
    await ask(there)
    expect(there.done.slice(1)).toEqual([
      'ifconfig bastille0 inet 10.0.0.249 netmask 255.255.255.255 alias',
      'fetch -q -s -T 10 --bind-address=10.0.0.249 https://pkg.FreeBSD.org/',
      'ifconfig bastille0 inet 10.0.0.249 -alias',
    ])
    await expect(ask(hostWith('fetch: http://mirror/: Not Found\n', timeout))).resolves.toBeUndefined()
  })

  it('that only the host reaches is refused with both remedies, and one that nobody reaches with the fitting one', async () => {
    const far = hostWith(timeout, '')
    await expect(ask(far)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'jails at 10.0.0.249 must reach https://pkg.FreeBSD.org for their packages: recorded does, they do not',
      lines: [timeout.trim()],
      hint: expect.stringMatching(/"nat on EXT from 10\.0\.0\.0\/24 to any .*--set packages=\/path/) as string,
    })
    expect(far.done.at(-2)).toBe('ifconfig bastille0 inet 10.0.0.249 -alias')
    await expect(ask(hostWith(timeout, timeout))).rejects.toMatchObject({
      message: 'recorded must reach https://pkg.FreeBSD.org for the packages of its jails, it does not',
    })
  })

  it('is not looked for where packages are files, or nothing is known of it', async () => {
    for (const pkg of ['FreeBSD: { enabled: no }\nlocal: { url: "file:///packages" }\n', '']) {
      const host = hostWith(timeout, timeout, pkg)
      await ask(host)
      expect(host.done).toHaveLength(1)
    }
    expect(serversOf(configuration)).toEqual(['https://pkg.FreeBSD.org'])
    expect(serversOf('  url: "http://10.0.2.2:8000/repo"\n')).toEqual(['http://10.0.2.2:8000'])
  })

  it('may be a folder, by a path that a shell carries unharmed', () => {
    expect(choosePackages({})).toBeUndefined()
    expect(choosePackages({ packages: '/data/repo' })).toBe('/data/repo')
    for (const packages of ['repo', '/data/my repo', '/data/../etc', '/$(id)'])
      expect(() => choosePackages({ packages })).toThrow(/packages must be an absolute path/)
  })
})
