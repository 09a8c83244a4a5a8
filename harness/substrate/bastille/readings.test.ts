import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../../host/local.ts'
import { applyLimits, parseMask, refuseSmallLimit } from './limits.ts'
import { chooseNetwork, chooseNetworks, parsePool, refuseTaken } from './network.ts'
import { newestFor } from './release.ts'
import { answer, recordedHost } from './transcript-under-test.ts'
import { jailMeters, parseResidents } from './usage.ts'

const row = (pid: number, user: string, system: string, voluntary: number) => ({
  process_id: pid,
  'user time': user,
  'system time': system,
  'voluntary context switches': voluntary,
  'involuntary context switches': 1,
})
const rusage = (rows: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ __version: '1', procstat: { rusage: rows } })

/** What it runs is one script; names of jails and columns are its last words. */
const looked = (command: string) => /exec procstat --libxo json rusage \$pids sh (\S+) \d (.*)$/.exec(command)?.slice(1)

describe('what a jail uses', () => {
  it('never shrinks: programs that ended keep what they had used', async () => {
    let at = 0
    const tables = ['  7  100\n  8  50\n', '  8  60\n']
    const uses = [
      { 7: row(7, '00:00:01.000000', '00:00:00.000000', 5), 8: row(8, '00:00:02.000000', '00:00:00.000000', 5) },
      { 8: row(8, '00:00:02.500000', '00:00:00.000000', 6) },
    ]
    const read = jailMeters(recordedHost(() => ({ stdout: `${tables[at]}${rusage(uses[at] ?? {})}` })))('nj00')
    const first = await read()
    at = 1
    const second = await read()
    expect([first.cpuUserMicros, second.cpuUserMicros]).toEqual([3e6, 3.5e6])
    expect([first.memoryBytes, second.memoryBytes]).toEqual([150 * 1024, 60 * 1024])
    expect(second.switchesVoluntary).toBe(11)
  })

  it('is asked for once where all are looked at together, and each jail gets what is its own', async () => {
    const asked: (readonly string[] | undefined)[] = []
    const all = {
      7: row(7, '00:00:01.000000', '00:00:00.000000', 5),
      9: row(9, '00:00:04.000000', '00:00:00.000000', 5),
    }
    const host = recordedHost((command) => {
      asked.push(looked(command))
      const rows = looked(command)?.[0] === 'nj01' ? '9 200\n' : ' 7  100 nj00\n 9  200 nj01\n'
      return { stdout: `${rows}${rusage(all)}` }
    })
    const meter = jailMeters(host)
    const looks = [meter('nj00'), meter('nj01')]
    const [first, second] = await Promise.all(looks.map((look) => look()))
    expect([first?.cpuUserMicros, second?.cpuUserMicros]).toEqual([1e6, 4e6])
    await looks[1]?.()
    expect(asked).toEqual([
      ['nj00,nj01', '-o pid= -o rss= -o jail='],
      ['nj01', '-o pid= -o rss='],
    ])
  })

  it('is an error, not nothing, when the jail is not there; the others are told of all the same', async () => {
    const host = recordedHost((command) => {
      // ps of FreeBSD 15.1 tells of none of them then.
      if (looked(command)?.[0]?.includes('nosuch') === true) return { stdout: '\n' }
      return { stdout: `7 100\n${rusage({ 7: row(7, '00:00:01.000000', '00:00:00.000000', 5) })}` }
    })
    const meter = jailMeters(host)
    const [there, missing] = await Promise.allSettled([meter('nj00')(), meter('nosuch')()])
    expect(there).toMatchObject({ status: 'fulfilled', value: { cpuUserMicros: 1e6 } })
    expect(missing).toMatchObject({ status: 'rejected', reason: { code: 'os' } })
    await expect(meter('nosuch')()).rejects.toThrow(/must be running to be measured/)
  })

  it('is one script of sh, which gives procstat what ps has found', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-look-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const program = (text: string) => `#!/bin/sh\n${text}\n`
    await writeFile(join(folder, 'ps'), program('printf "%s\\n" "  7  100 nj00" " 19  200 nj01"'), { mode: 0o755 })
    await writeFile(
      join(folder, 'procstat'),
      program(
        `[ "$*" = "--libxo json rusage 7 19" ] && echo '${rusage({ 7: row(7, '00:00:01.000000', '00:00:00.000000', 5), 19: row(19, '00:00:02.000000', '00:00:00.000000', 5) })}'`,
      ),
      { mode: 0o755 },
    )
    const here = localHost()
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    const meter = jailMeters({ ...here, run: (command, options) => here.run(command, { ...options, env }) })
    const uses = await Promise.all([meter('nj00')(), meter('nj01')()])
    expect(uses.map(({ cpuUserMicros, memoryBytes }) => [cpuUserMicros, memoryBytes])).toEqual([
      [1e6, 100 * 1024],
      [2e6, 200 * 1024],
    ])
  })

  it('leaves out lines of ps that are no process', () => {
    const found = [{ jail: 'nj00', pid: 12, memoryBytes: 2048 * 1024 }]
    expect(parseResidents('  12 2048 nj00\nPID RSS JAIL\n\n')).toEqual(found)
    expect(parseResidents('  12 2048\nPID RSS\n\n', 'nj00')).toEqual(found)
  })
})

describe('limits', () => {
  it('read the mask of a jail as FreeBSD prints it', () => {
    expect(parseMask(answer('freebsd-15.1', 'cpuset -g -j srv').stdout)).toEqual([0, 1])
    expect(parseMask('jail 2 mask: 0-2, 5\n')).toEqual([0, 1, 2, 5])
    expect(parseMask('cpuset: jail "x" not found\n')).toEqual([])
  })

  it('believe the mask that is there, not the one that was asked for', async () => {
    const host = recordedHost((command) => ({ stdout: command.startsWith('cpuset -g') ? 'jail 2 mask: 0, 1\n' : '' }))
    const journal = { run: 'r', will: fail, did: fail, gone: fail, open: () => [] }
    await expect(applyLimits(host, 'nj00', { cpus: [0] }, journal)).rejects.toThrow(
      /cpu set of jail nj00 must be 0, got 0, 1/,
    )
  })

  it('are refused below what the programs map before they serve', () => {
    expect(() => refuseSmallLimit('hub', 1024 ** 3)).toThrow(/at least 2GiB/)
    expect(() => refuseSmallLimit('hub', 2 * 1024 ** 3)).not.toThrow()
    expect(() => refuseSmallLimit('hub', undefined)).not.toThrow()
  })
})

describe('networks', () => {
  it('give nodes the addresses of the article, and images the last two of the pool', () => {
    const network = chooseNetwork('shared', {})
    expect([network.address(0), network.address(247)]).toEqual(['10.0.0.1', '10.0.0.248'])
    expect([network.imageAddress('load'), network.imageAddress('server')]).toEqual(['10.0.0.249', '10.0.0.250'])
    expect(() => network.address(248)).toThrow(/must have room for 251 jails/)
    expect(network.word('10.0.0.1')).toBe('10.0.0.1')
  })

  it('give VNET addresses their mask, and a bridge of our own unless one is named', () => {
    const network = chooseNetwork('vnet', {})
    expect(network.word(network.address(0))).toBe('10.60.0.1/24')
    expect(network.bridge).toEqual({ name: 'nbbr0', address: '10.60.0.254', bits: 24, ours: true })
    expect(chooseNetwork('vnet', { bridge: 'benchbr' }).bridge.ours).toBe(false)
  })

  it('with VNET are as wide as the pool, with room for the bridge behind it', () => {
    const wide = chooseNetwork('vnet', { addresses: '10.0.0.1-10.0.3.250' })
    expect(wide.word(wide.address(600))).toBe('10.0.2.89/22')
    expect(wide.bridge).toMatchObject({ address: '10.0.3.254', bits: 22 })
    const high = chooseNetwork('vnet', { addresses: '192.168.7.250-192.168.8.20' })
    expect(high.bridge).toMatchObject({ address: '192.168.15.254', bits: 20 })
    expect(() => chooseNetwork('vnet', { addresses: '10.0.0.1-10.0.0.254' })).toThrow(
      /must end before 10\.0\.0\.254, which the bridge has, got 10\.0\.0\.254/,
    )
    expect(() => chooseNetwork('shared', { addresses: '10.0.0.1-10.0.0.254' })).not.toThrow()
  })

  it('are shared where nothing is said, and both, each with its own pool, for a comparison', () => {
    expect([...chooseNetworks({}).keys()]).toEqual(['shared'])
    expect([...chooseNetworks({ network: 'vnet', addresses: '10.9.0.1-10.9.0.9' }).values()][0]?.address(0)).toBe(
      '10.9.0.1',
    )
    const both = chooseNetworks({ network: 'vnet,shared', vnetAddresses: '10.9.0.1-10.9.0.9' })
    expect([...both].map(([mode, network]) => `${mode} ${network.address(0)}`)).toEqual([
      'vnet 10.9.0.1',
      'shared 10.0.0.1',
    ])
  })

  it('refuse what is no network, and one pool for two of them', () => {
    expect(() => chooseNetworks({ network: 'bridged' })).toThrow(/network must be "shared" or "vnet", got "bridged"/)
    expect(() => chooseNetworks({ network: 'shared,vnet', addresses: '10.0.0.1-10.0.0.9' })).toThrow(
      /addresses must be given for each network/,
    )
  })

  it('refuse more nodes than the pool has addresses', () => {
    const network = chooseNetwork('shared', { addresses: '10.0.0.1-10.0.0.4' })
    expect(network.address(1)).toBe('10.0.0.2')
    expect(() => network.address(2)).toThrow(/address pool must have room for 5 jails/)
  })

  it.each([
    '',
    '10.0.0.1',
    '10.0.0.9-10.0.0.1',
    '8.8.8.1-8.8.8.9',
    '10.0.0.1-10.9.0.1',
    '10.0.0.256-10.0.1.9',
    '10.0.0.1;id-10.0.0.9',
  ])('refuse the pool %j', (pool) => expect(() => parsePool(pool)).toThrow(/address pool must be two private/))

  it('refuse an address that an interface has, and no other', async () => {
    const host = recordedHost(() => answer('freebsd-15.1', 'ifconfig bastille0'))
    await expect(refuseTaken(host, '10.0.0.1')).rejects.toThrow(
      /10\.0\.0\.1 must be free for a jail, interface bastille0 has it/,
    )
    await expect(refuseTaken(host, '10.0.0.11')).resolves.toBeUndefined()
  })
})

describe('releases', () => {
  it('are the newest that the kernel can run', () => {
    const there = ['13.5-RELEASE', '14.2-RELEASE', '15.1-RELEASE']
    expect(newestFor('15.1-RELEASE-p1', there)).toBe('15.1-RELEASE')
    expect(newestFor('14.3-RELEASE', there)).toBe('14.2-RELEASE')
    expect(newestFor('13.2-RELEASE', there)).toBeUndefined()
  })
})

function fail(): never {
  throw new Error('nothing must be written')
}
