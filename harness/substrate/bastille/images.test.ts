import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { localHost } from '../../host/local.ts'
import { datasetAt, makeHome, readHome } from './home.ts'
import { copyScript, switchedOff } from './image-build.ts'
import { imageName } from './images.ts'
import { chooseNetwork } from './network.ts'
import { patchOf } from './release.ts'
import { configAnswer, configAsked, recordedHost } from './transcript-under-test.ts'

describe('the content of a VNET image', () => {
  it('is all that the shared one has beside the release, not its network and not what is mounted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-copy-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const kept = [
      'compat/linux/etc/rc.conf',
      'opt/tool/dev/run',
      'root/go/bin/nats',
      'usr/local/bin/node',
      'etc/passwd',
    ]
    const own = ['etc/rc.conf', 'dev/null', '.bastille/bin/sh', 'var/run/pid', 'var/empty/x', 'tmp/x']
    for (const path of [...kept, ...own]) await write(`base/${path}`, 'base')
    await symlink('/.bastille/bin', join(folder, 'base/bin'))
    await symlink('/root/go', join(folder, 'base/go'))
    await write('new/etc/rc.conf', 'its network')
    await localHost().run(['sh', '-c', copyScript, 'sh', join(folder, 'base'), join(folder, 'new')])
    const there = await readdir(join(folder, 'new'), { recursive: true, withFileTypes: true })
    const files = there.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
    const wanted = [...kept, 'etc/rc.conf', 'go'].map((path) => join(folder, 'new', path))
    expect(files.toSorted()).toEqual(wanted.toSorted())
    expect(await readFile(join(folder, 'new/etc/rc.conf'), 'utf8')).toBe('its network')
  })
})

describe('an image and the set-up of Bastille', () => {
  /** Lines as FreeBSD 15.1 prints them, with our prefix. */
  const mounts = `/dev/ada0p2 on / (ufs, local, soft-updates)
tank/natsbench on /usr/local/natsbench (zfs, local, noatime, nfsv4acls)
tank/natsbench/jails on /usr/local/natsbench/jails (zfs, local, noatime, nfsv4acls)
tank/natsbench/jails/ng1/root on /usr/local/natsbench/jails/ng1/root (zfs, local, noatime, nfsv4acls)
`
  const config = (zfs: string): Readonly<Record<string, string>> => ({
    bastille_network_loopback: 'bastille0',
    bastille_releasesdir: '/usr/local/bastille/releases',
    bastille_zfs_enable: zfs,
    bastille_zfs_zpool: 'tank',
  })
  const homeOn = (zfs: string, mounted: string) =>
    readHome(
      recordedHost((command) => {
        if (command === 'mount') return { stdout: mounted }
        const [, keys] = configAsked.exec(command) ?? []
        return keys === undefined ? {} : configAnswer(config(zfs), keys)
      }),
    )
  const request: Parameters<typeof imageName>[1] = {
    template: { name: 'nats-load', files: {}, args: {}, programs: [] },
    release: '15.1-RELEASE',
    arch: 'arm64',
    network: chooseNetwork('shared', {}),
    patch: '15.1-RELEASE-p1',
  }

  it('belong together: the same content on UFS and in a pool are two images', async () => {
    const [ufs, zfs] = [await homeOn('NO', ''), await homeOn('YES', '')]
    expect(imageName(ufs, request)).not.toBe(imageName(zfs, request))
    expect(imageName(ufs, request)).toBe(imageName(await homeOn('NO', mounts), request))
  })

  it('remembers the dataset of jails that were made before ZFS was switched off, so that they can be removed', async () => {
    expect(await homeOn('NO', mounts)).toMatchObject({ leftDataset: 'tank/natsbench/jails' })
    expect(await homeOn('NO', mounts)).not.toHaveProperty('dataset')
    expect(await homeOn('YES', mounts)).toMatchObject({ dataset: 'tank/natsbench/jails' })
    expect(datasetAt('/dev/ada0p2 on /usr/local/natsbench/jails (ufs, local)\n', '/usr/local/natsbench/jails')).toBe(
      undefined,
    )
  })

  it('are in a folder of ours, whose name is that of what is removed with it', async () => {
    const answers = (prefix: string) =>
      recordedHost((command) => {
        if (command === 'mount') return { stdout: '' }
        if (command === 'printenv BENCH_JAIL_PREFIX') return { stdout: `${prefix}\n` }
        const [, keys] = configAsked.exec(command) ?? []
        return keys === undefined ? {} : configAnswer(config('NO'), keys)
      })
    expect(await readHome(answers('/tank/natsbench-tests'))).toMatchObject({ logs: '/var/log/natsbench-tests' })
    for (const other of ['/usr/local/nginx', '/usr/local/bastille', '/usr/local/natsbench/jails'])
      await expect(readHome(answers(other))).rejects.toThrow(/BENCH_JAIL_PREFIX must name a folder/)
  })

  it('and the patch level of its release: an update makes another image', async () => {
    const ufs = await homeOn('NO', '')
    expect(imageName(ufs, { ...request, patch: '15.1-RELEASE-p2' })).not.toBe(imageName(ufs, request))
    const folder = await mkdtemp(join(tmpdir(), 'bench-release-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    // As bin/freebsd-version/freebsd-version.sh.in of FreeBSD has it.
    const script = '#!/bin/sh\nset -e\n\nUSERLAND_VERSION="15.1-RELEASE-p1"\n\n: ${ROOT:=}\n'
    await localHost().put({ 'freebsd-version': script }, join(folder, '15.1-RELEASE/bin'))
    expect(await patchOf(localHost(), { releases: folder }, '15.1-RELEASE')).toBe('15.1-RELEASE-p1')
    expect(await patchOf(localHost(), { releases: folder }, '14.3-RELEASE')).toBe('')
  })

  it('goes, with a line that says so, where a dataset is about to hide it, and no other jail does', async () => {
    const zfs = await homeOn('YES', '')
    const asked: string[] = []
    const hostWith = (jails: string) => ({
      ...recordedHost((command) => {
        asked.push(command)
        return command.startsWith('ls ') ? { stdout: jails } : {}
      }),
      put: () => Promise.resolve(),
    })
    const said: string[] = []
    const say = (line: string) => void said.push(line)
    await makeHome(hostWith('ng12345678\n'), zfs, say)
    expect(said).toEqual([expect.stringMatching(/^image ng12345678 was built on ufs and does not fit tank/)])
    expect(asked.filter((command) => command.startsWith('rm '))).toEqual([
      'rm -rf /usr/local/natsbench/jails/ng12345678',
    ])
    asked.length = 0
    await expect(makeHome(hostWith('ng12345678\nnjabcd00\n'), zfs, say)).rejects.toThrow(
      /must be empty .* got njabcd00/,
    )
    expect(asked.filter((command) => command.startsWith('rm '))).toEqual([])
  })
})

test('a golden jail keeps a service on: a jail ends with its last process, and the clone of one without any is gone after its start', () => {
  expect(switchedOff.map((line) => line.split('=')[0])).not.toContain('syslogd_enable')
})
