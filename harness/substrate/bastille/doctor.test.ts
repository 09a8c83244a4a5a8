import { describe, expect, it } from 'vitest'
import { jailDoctor } from './doctor.ts'
import { hostWith, thermalsAsked } from './host-under-test.ts'

const worst = async (...words: Parameters<typeof jailDoctor>) =>
  (await jailDoctor(...words)).filter((line) => line.state !== 'ok')

describe('the doctor of jails', () => {
  it('finds nothing wrong with a host that is set up', async () => {
    const lines = await jailDoctor(hostWith(), { network: 'vnet' })
    expect(lines.filter((line) => line.state !== 'ok')).toEqual([])
    expect(lines.map((line) => line.about)).toContain('bastille')
  })

  it('stops at once where there is no FreeBSD', async () => {
    const lines = await jailDoctor(hostWith({ 'uname -s': 'Linux\n' }))
    expect(lines).toEqual([expect.objectContaining({ about: 'operating system', state: 'fail' })])
    expect(lines[0]?.because).toContain('Linux')
  })

  it('asks nothing more without root', async () => {
    const lines = await jailDoctor(hostWith({ 'id -u': '1001\n' }))
    expect(lines.at(-1)).toMatchObject({ about: 'root', state: 'fail', fix: 'sudo pnpm bench' })
  })

  it('names programs of the base system that are missing, and goes on', async () => {
    const lines = await worst(hostWith({ 'pfctl -si': undefined }, {}, ['rctl']))
    expect(lines).toEqual([expect.objectContaining({ about: 'programs', state: 'fail' })])
    expect(lines[0]?.because).toMatch(/^rctl of the base system must be on PATH/)
  })

  it('fails VNET, and only warns otherwise, when devfs ruleset 13 is written and not loaded', async () => {
    const host = hostWith({ 'devfs rule -s 13 show': '', 'grep -q bastille_vnet=13 /etc/devfs.rules': '' })
    const line = { about: 'devfs ruleset 13', fix: 'service devfs restart' }
    expect(await worst(host, { network: 'vnet' })).toEqual([expect.objectContaining({ ...line, state: 'fail' })])
    expect(await worst(host, { network: 'shared' })).toEqual([expect.objectContaining({ ...line, state: 'warn' })])
  })

  it('reads the room above a folder that is not made yet', async () => {
    const df = (free: number) =>
      `Filesystem 1024-blocks Used Avail Capacity Mounted on\n/dev/ada0p2 10 1 ${free} 3% /\n`
    const bare = { 'df -k /usr/local/bastille': undefined }
    const [line] = await worst(hostWith({ ...bare, 'df -k /usr/local': df(102_400) }))
    expect(line).toMatchObject({ about: 'room', state: 'warn' })
    expect(line?.because).toBe('100 MiB free; each jail takes 150 to 250 MiB, which is little')
    const nowhere = { ...bare, 'df -k /usr/local': undefined, 'df -k /usr': undefined, 'df -k /': undefined }
    expect((await worst(hostWith(nowhere)))[0]?.because).toBe('free space could not be read')
  })

  it('names the command that bootstraps a missing release', async () => {
    const lines = await worst(hostWith({ 'ls /usr/local/bastille/releases': '' }))
    expect(lines).toEqual([
      expect.objectContaining({ about: 'release', state: 'fail', fix: 'bastille bootstrap 15.1-RELEASE' }),
    ])
  })

  it.each([
    ['tank\n', 'bastille_zfs_enable=YES bastille_zfs_zpool=tank'],
    ['tank\nzroot\n', 'bastille_zfs_enable=YES bastille_zfs_zpool=POOL (one of tank, zroot)'],
  ])('names the pools that the host has, %j', async (pools, ending) => {
    const host = { 'zpool list -H -o name': pools }
    const [line] = await worst(hostWith(host, { zfs_enable: 'YES' }))
    expect(line).toMatchObject({ about: 'zfs', state: 'warn' })
    expect(line?.fix).toBe(`sysrc -f /usr/local/etc/bastille/bastille.conf ${ending}`)
    const [lost] = await worst(hostWith(host, { zfs_enable: 'YES', bastille_zfs_enable: 'YES' }))
    expect(lost?.fix).toBe(line?.fix?.replace('bastille_zfs_enable=YES ', ''))
  })

  it('says nothing about a pool where the host has none', async () => {
    expect(await worst(hostWith({ 'zpool list -H -o name': '' }, { zfs_enable: 'YES' }))).toEqual([])
  })

  it('answers the question of bootstrap where the host uses ZFS and Bastille does not', async () => {
    const bare = { 'ls /usr/local/bastille/releases': '' }
    const fix = async (keys = {}) =>
      (await worst(hostWith({ ...bare, 'zfs list -H -o name tank': 'tank\n' }, { zfs_enable: 'YES', ...keys }))).find(
        ({ about }) => about === 'release',
      )?.fix
    expect(await fix()).toBe('echo y | bastille bootstrap 15.1-RELEASE')
    expect(await fix({ bastille_zfs_enable: 'YES', bastille_zfs_zpool: 'tank' })).toBe(
      'bastille bootstrap 15.1-RELEASE',
    )
  })

  it('refuses two network modes at once, as bastille create does', async () => {
    const lines = await worst(hostWith({}, { bastille_network_shared: 'vtnet0' }))
    expect(lines).toEqual([expect.objectContaining({ about: 'interface for jails', state: 'fail' })])
  })

  it('tells that memory limits do not work without accounting', async () => {
    const lines = await worst(hostWith({ 'sysctl -n kern.racct.enable': '0\n' }))
    expect(lines).toEqual([expect.objectContaining({ about: 'kern.racct.enable', state: 'warn' })])
  })

  it('says that throttling would go unseen, with the driver of this CPU, which a virtual machine has not', async () => {
    const blind = (guest: string, model: string) =>
      worst(hostWith({ [thermalsAsked]: '', 'sysctl -n kern.vm_guest': guest, 'sysctl -n hw.model': model }))
    const line = { about: 'throttling', state: 'warn' }
    expect(await blind('none\n', 'Intel(R) N100\n')).toEqual([
      expect.objectContaining({ ...line, fix: 'kldload coretemp' }),
    ])
    expect(await blind('none\n', 'AMD EPYC 7763 64-Core Processor\n')).toEqual([
      expect.objectContaining({ ...line, fix: 'kldload amdtemp' }),
    ])
    const clock = hostWith({ [thermalsAsked]: 'dev.cpu.0.freq: 2401\n', 'sysctl -n hw.model': 'AMD Ryzen\n' })
    expect((await worst(clock))[0]).toMatchObject({
      ...line,
      because: expect.stringMatching(/^may go unseen/) as string,
    })
    const virtual = await blind('kvm\n', 'Intel Xeon\n')
    expect(virtual.find(({ about }) => about === 'throttling')).not.toHaveProperty('fix')
  })

  it.each([
    ['none\n', '', 'ARM Cortex-A53 r0p4\n', undefined],
    ['bhyve\n', '', 'Intel Xeon\n', /^virtual \(bhyve\)/],
    ['kvm\n', '', 'QEMU Virtual CPU version 2.5+\n', /^virtual \(kvm\)/],
    ['generic\n', '', 'QEMU TCG CPU version 2.5+\n', /^emulated \(QEMU TCG CPU version 2\.5\+\)/],
    ['', 'linux,dummy-virt\n', 'ARM Cortex-A72 r0p3\n', /^virtual \(linux,dummy-virt\)/],
    ['none\n', 'Pine64 Rock64\n', 'ARM Cortex-A53 r0p4\n', undefined],
  ])('says of a guest on %j, board %j, with %j what its numbers are', async (guest, board, model, said) => {
    const asked = { 'kern.vm_guest': guest, 'hw.fdt.model': board, 'hw.model': model }
    const lines = await worst(
      hostWith(Object.fromEntries(Object.entries(asked).map(([name, line]) => [`sysctl -n ${name}`, line]))),
    )
    expect(lines.map(({ about }) => about)).toEqual(said === undefined ? [] : ['machine'])
    if (said !== undefined) expect(lines[0]?.because).toMatch(said)
  })

  it('reports leftovers of ours and neighbours, and keeps images out of both', async () => {
    const jails = 'njabcd00\nng12345678\nsrv\n'
    const lines = await worst(hostWith({ 'jls -d name': jails, 'jls name': jails }))
    expect(lines.map(({ about, because }) => [about, because])).toEqual([
      ['leftovers', 'njabcd00 are of a run, active or dead'],
      ['other jails', '1 running: srv; they share the machine with what is measured'],
    ])
  })

  it('asks only for what must be right when a run is about to start', async () => {
    const lines = await jailDoctor(hostWith(), { essential: true })
    expect(lines.map((line) => line.about)).not.toContain('other jails')
    expect(lines.length).toBeGreaterThan(5)
  })
})
