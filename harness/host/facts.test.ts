import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { BenchError } from '../model/error.ts'
import { filesystemOf, parseDf, surveyHost } from './facts.ts'
import { celsius, parseSettings, virtualMachine } from './facts-freebsd.ts'
import { parseCpuInfo, parseMemInfo } from './facts-linux.ts'
import type { Host } from './host.ts'

function transcript(name: string): string {
  return readFileSync(new URL(`../../fixtures/transcripts/freebsd-15.1/${name}`, import.meta.url), 'utf8')
}

/** A host that answers by the program's name and its first arguments, and has no other programs. */
function scripted(answers: Readonly<Record<string, string>>): Pick<Host, 'run' | 'name'> {
  return {
    name: 'root@rock64',
    run: (command) => {
      const line = command.join(' ')
      const key = Object.keys(answers).find((start) => line.startsWith(start))
      if (key === undefined) return Promise.reject(new BenchError('os', `command \`${line}\` must start, got ENOENT`))
      return Promise.resolve({ stdout: answers[key] ?? '', stderr: '', status: 0 })
    },
  }
}

test('a survey that is interrupted asks nothing more, and is no set of facts', async () => {
  const asked: string[] = []
  const host = {
    name: 'root@rock64',
    run: (command: readonly string[]) => {
      asked.push(command.join(' '))
      if (command[0] === 'uname') return Promise.resolve({ stdout: 'FreeBSD\n', stderr: '', status: 0 })
      return Promise.reject(new BenchError('interrupted', 'cut short'))
    },
  }
  await expect(surveyHost(host)).rejects.toMatchObject({ code: 'interrupted' })
  expect(asked.filter((line) => line.startsWith('sysctl'))).toEqual([])
})

test('a Linux host in a container is asked for its virtual machine, not for its container', async () => {
  const found = (vm: object) =>
    surveyHost(scripted({ 'uname -s': 'Linux\n', 'uname -': 'x\n', ...vm, 'systemd-detect-virt': 'docker\n' }))
  expect((await found({ 'systemd-detect-virt --vm': 'kvm\n' })).virtualization).toBe('kvm')
})

describe('facts of a FreeBSD host', () => {
  it('take the temperature of the sensor nearest to the core that is there', async () => {
    const heat = async (sysctl: string) =>
      (await surveyHost(scripted({ 'uname -s': 'FreeBSD\n', 'uname -': 'x\n', sysctl }))).temperatureC
    const zone = 'hw.acpi.thermal.tz0.temperature: 40.1C\n'
    expect(await heat(zone)).toBe(40.1)
    expect(await heat(`${zone}hw.temperature.CPU: 61.2C\n`)).toBe(61.2)
    expect(await heat(`${zone}hw.temperature.CPU: 61.2C\ndev.cpu.0.temperature: 70.0C\n`)).toBe(70)
    expect(await heat('hw.temperature.GPU: 58.0C\nhw.temperature.CPU: 61.2C\n')).toBe(61.2)
    expect(await heat('dev.aw_thermal.0.%desc: Allwinner\ndev.aw_thermal.0.cpu: 52.0C\n')).toBe(52)
    expect(await heat('hw.ncpu: 4\n')).toBeUndefined()
  })

  it('name the board by its device tree, where there is one', async () => {
    const sysctl = 'hw.model: ARM Cortex-A53 r0p4\nhw.fdt.model: Pine64 Rock64\n'
    const facts = await surveyHost(scripted({ 'uname -s': 'FreeBSD\n', 'uname -': 'x\n', sysctl }))
    expect(facts.cpuModel).toBe('ARM Cortex-A53 r0p4')
    expect(facts.settings['hw.fdt.model']).toBe('Pine64 Rock64')
  })

  // Values as FreeBSD 15.1 with Bastille 1.4.4 answered them; see fixtures/transcripts.
  const host = scripted({
    'uname -s': 'FreeBSD\n',
    'uname -r': '15.1-RELEASE-p1\n',
    'uname -m': 'amd64\n',
    'uname -n': 'jailvm\n',
    'df -T': 'Filesystem Type 1K-blocks Used Avail Capacity Mounted on\n/dev/ada0p2 ufs 9000 800 8200 9% /\n',
    'freebsd-version': '15.1-RELEASE-p1\n',
    sysctl: `${transcript('sysctl-host.txt')}${transcript('sysctl-bridge.txt')}kern.timecounter.hardware: TSC-low
kern.vm_guest: none
dev.cpu.0.temperature: 54.5C
vm.loadavg: { 0.42 0.31 0.20 }
`,
    'sh -c bastille version': '1.4.4\n',
  })

  it('come from uname, sysctl, df and bastille', async () => {
    expect(await surveyHost(host)).toEqual({
      name: 'root@rock64',
      os: 'FreeBSD',
      kernel: '15.1-RELEASE-p1',
      arch: 'amd64',
      hostname: 'jailvm',
      filesystem: 'ufs',
      cpuModel: 'QEMU TCG CPU version 2.5+',
      cores: 2,
      memoryBytes: 4267196416,
      clockSource: 'TSC-low',
      temperatureC: 54.5,
      loadAverage: 0.42,
      settings: {
        'kern.racct.enable': '1',
        'kern.osreldate': '1501000',
        'kern.features.vimage': '1',
        'kern.securelevel': '-1',
        'security.jail.jailed': '0',
        'hw.machine_arch': 'amd64',
        'net.link.bridge.member_ifaddrs': '1',
        'net.link.bridge.pfil_member': '0',
        'net.link.bridge.pfil_bridge': '0',
        storage: 'ada0, SATA',
        userland: '15.1-RELEASE-p1',
        bastille: '1.4.4',
      },
    })
  })

  it.each([
    ['none', undefined, undefined],
    ['kvm', 'linux,dummy-virt', 'kvm'],
    [undefined, 'linux,dummy-virt', 'linux,dummy-virt'],
    [undefined, 'Pine64 Rock64', undefined],
  ])('say of kern.vm_guest %j and board %j by what a machine is virtual', (guest, board, by) => {
    expect(virtualMachine(guest, board)).toBe(by)
  })

  it('keep values with colons whole and ignore lines that are no setting', () => {
    expect(parseSettings('a.b: x: y\n\nsysctl: unknown oid\nkern.version:\n')).toEqual({
      'a.b': 'x: y',
      sysctl: 'unknown oid',
    })
  })

  it.each([
    ['54.0C', 54],
    ['-3.5C', -3.5],
    ['54', undefined],
    [undefined, undefined],
  ])('read a temperature of %j as %j', (text, value) => {
    expect(celsius(text)).toBe(value)
  })
})

describe('facts of a Linux host', () => {
  it('leave out what the machine does not tell', async () => {
    const bare = scripted({ 'uname -s': 'Linux', 'uname -r': '6.1', 'uname -m': 'aarch64' })
    expect(await surveyHost(bare)).toEqual({
      name: 'root@rock64',
      os: 'Linux',
      kernel: '6.1',
      arch: 'aarch64',
      settings: {},
    })
  })

  it('name an amd64 processor by its model and an arm64 board by its own name', () => {
    expect(parseCpuInfo('processor\t: 0\nmodel name\t: AMD EPYC 7763\ncpu MHz\t\t: 2445.404\n')).toEqual({
      cpuModel: 'AMD EPYC 7763',
      cpuMHz: 2445.404,
    })
    expect(parseCpuInfo('processor\t: 0\nCPU part\t: 0xd03\n\nModel\t\t: Pine64 Rock64\n').cpuModel).toBe(
      'Pine64 Rock64',
    )
    expect(parseCpuInfo('CPU part\t: 0xd03\n').cpuModel).toBe('CPU part 0xd03')
    expect(parseCpuInfo('')).toEqual({})
  })

  it('count memory in bytes', () => {
    expect(parseMemInfo('MemTotal:       24682932 kB\nMemFree: 1 kB\n')).toBe(24682932 * 1024)
    expect(parseMemInfo('')).toBeUndefined()
  })
})

describe('facts of any other host', () => {
  it('are what uname says', async () => {
    const other = scripted({ 'uname -s': 'Darwin', 'uname -r': '25.0', 'uname -m': 'arm64' })
    expect(await surveyHost(other)).toMatchObject({ os: 'Darwin', settings: {} })
  })

  it('cannot be had when the host cannot be asked at all', async () => {
    await expect(surveyHost(scripted({}))).rejects.toMatchObject({ code: 'os' })
  })
})

describe('the file system of a path', () => {
  it.each([
    ['Filesystem Type Size Used Avail Capacity Mounted on\ntank/home zfs 9 1 8 1% /home\n', 'zfs'],
    [
      'Filesystem     Type    1K-blocks  Used Available Use% Mounted on\noverlay        overlay  1 1 1 1% /\n',
      'overlay',
    ],
    ['Filesystem 512-blocks Used Available Capacity Mounted on\n/dev/disk1 1 1 1 1% /\n', undefined],
    ['', undefined],
  ])('is the second word of what df says', (text, type) => {
    expect(parseDf(text)).toBe(type)
  })

  it('is unknown where df fails', async () => {
    expect(await filesystemOf(scripted({}), '/')).toBeUndefined()
  })
})
