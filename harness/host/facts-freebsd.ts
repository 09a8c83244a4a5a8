/** Facts of a FreeBSD machine, from sysctl(8). */
import { known } from '../model/known.ts'
import { answer, numberOf } from './facts.ts'
import type { Asked, Found } from './facts.ts'
import { storageOf } from './storage-freebsd.ts'

const settingNames = [
  'kern.racct.enable',
  'kern.hz',
  'kern.osreldate',
  'kern.features.vimage',
  'kern.securelevel',
  'kern.ipc.maxsockbuf',
  'kern.timecounter.choice',
  'kern.eventtimer.timer',
  'security.jail.jailed',
  'security.jail.vnet',
  'net.link.bridge.member_ifaddrs',
  'net.link.bridge.pfil_member',
  'net.link.bridge.pfil_bridge',
  'hw.machine_arch',
  // Name of a board from its device tree (sys/dev/ofw/ofw_fdt.c); hw.model names its cores only.
  'hw.fdt.model',
  'dev.cpu.0.freq_levels',
] as const

const factNames = [
  'hw.model',
  'hw.ncpu',
  'hw.physmem',
  'kern.timecounter.hardware',
  'kern.vm_guest',
  'dev.cpu.0.freq',
  'vm.loadavg',
] as const

/**
 * All sensors of a Rockchip or QorIQ board (rk_tsadc.c, qoriq_therm.c: `hw.temperature.CPU`, `.GPU`), those of Allwinner
 * (aw_thermal.c: `dev.aw_thermal.0.cpu` ...), of an ACPI zone; a core may have one of its own (coretemp, amdtemp, bcm2835_cpufreq).
 */
export const boardTemperatures = ['hw.temperature', 'dev.aw_thermal.0', 'hw.acpi.thermal.tz0.temperature'] as const

/** Nearest first. */
const temperatures = [
  /^dev\.cpu\.0\.temperature$/,
  /^hw\.temperature\.CPU$/,
  /^hw\.temperature\./,
  /^dev\.aw_thermal\.0\.cpu/,
  /^hw\.acpi\.thermal\.tz0\.temperature$/,
] as const

/** Jails and all that is ours lie below it. */
const jailsFolder = '/usr/local'

export async function freebsdFacts(host: Asked): Promise<Found> {
  // -i: names this kernel does not have are left out and are no failure.
  const [values, userland, bastille, powerd, storage] = await Promise.all([
    answer(host, ['sysctl', '-i', ...factNames, 'dev.cpu.0.temperature', ...boardTemperatures, ...settingNames]).then(
      (text) => parseSettings(text ?? ''),
    ),
    answer(host, ['freebsd-version', '-u']),
    bastilleVersion(host),
    answer(host, ['pgrep', '-x', 'powerd']),
    storageOf(host, jailsFolder),
  ])
  return {
    ...known<Found>({
      cpuModel: values['hw.model'],
      cores: numberOf(values['hw.ncpu']),
      memoryBytes: numberOf(values['hw.physmem']),
      clockSource: values['kern.timecounter.hardware'],
      cpuMHz: numberOf(values['dev.cpu.0.freq']),
      temperatureC: celsius(nearest(values)),
      // FreeBSD has no governors; powerd(8) is what changes the frequency.
      governor: powerd === undefined ? undefined : 'powerd',
      virtualization: virtualMachine(values['kern.vm_guest'], values['hw.fdt.model']),
      loadAverage: numberOf(/\{ ([\d.]+) /.exec(values['vm.loadavg'] ?? '')?.[1]),
    }),
    settings: Object.fromEntries(
      Object.entries({
        ...Object.fromEntries(settingNames.map((name) => [name, values[name]])),
        userland,
        bastille,
        storage,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}

/** What a machine is virtual by: arm64 kernels tell no `kern.vm_guest`, but QEMU's board there has a name of its own (hw/arm/virt.c). */
export function virtualMachine(guest = 'none', board = ''): string | undefined {
  if (guest !== 'none' && guest !== '') return guest
  return board === 'linux,dummy-virt' ? board : undefined
}

function nearest(values: Readonly<Record<string, string>>): string | undefined {
  const names = temperatures.flatMap((pattern) => Object.keys(values).find((name) => pattern.test(name)) ?? [])
  return names[0] === undefined ? undefined : values[names[0]]
}

/** `name: value` lines of sysctl(8) and sysrc(8) without -n. A value may contain colons, never a newline here. */
export function parseSettings(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const match = /^([a-z][\w.%-]*): (.*)$/i.exec(line)
      return match === null ? [] : [[match[1] ?? '', match[2]?.trim() ?? '']]
    }),
  )
}

/** `54.0C` → 54. */
export function celsius(text: string | undefined): number | undefined {
  return numberOf(/^(-?\d+(?:\.\d+)?)C$/.exec(text ?? '')?.[1])
}

/** Up to 1.4.4 `bastille version` prints on stderr, later on stdout. */
async function bastilleVersion(host: Asked): Promise<string | undefined> {
  const text = await answer(host, ['sh', '-c', 'bastille version 2>&1'], 'any')
  return /^(\d[\w.-]*)\s*$/m.exec(text ?? '')?.[1]
}
