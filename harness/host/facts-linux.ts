/** Facts of a Linux machine, from /proc and /sys. */
import { known } from '../model/known.ts'
import { answer, numberOf } from './facts.ts'
import type { Asked, Found } from './facts.ts'

const files = {
  cpuinfo: '/proc/cpuinfo',
  meminfo: '/proc/meminfo',
  loadavg: '/proc/loadavg',
  clockSource: '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  governor: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor',
  frequency: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq',
  temperature: '/sys/class/thermal/thermal_zone0/temp',
  turbo: '/sys/devices/system/cpu/intel_pstate/no_turbo',
  smt: '/sys/devices/system/cpu/smt/active',
  wmem: '/proc/sys/net/core/wmem_max',
  rmem: '/proc/sys/net/core/rmem_max',
  hz: '/proc/sys/kernel/sched_autogroup_enabled',
} as const

const settingNames: Readonly<Partial<Record<keyof typeof files, string>>> = {
  turbo: 'intel_pstate.no_turbo',
  smt: 'smt.active',
  wmem: 'net.core.wmem_max',
  rmem: 'net.core.rmem_max',
  hz: 'kernel.sched_autogroup_enabled',
}

export async function linuxFacts(host: Asked): Promise<Found> {
  const names = Object.keys(files) as (keyof typeof files)[]
  const [cores, virtualization, ...texts] = await Promise.all([
    answer(host, ['getconf', '_NPROCESSORS_ONLN']),
    // without --vm a container on a real machine, or in a virtual one, would be named instead of the machine
    answer(host, ['systemd-detect-virt', '--vm']),
    ...names.map((name) => answer(host, ['cat', files[name]])),
  ])
  const text = Object.fromEntries(names.map((name, index) => [name, texts[index]])) as Record<
    keyof typeof files,
    string | undefined
  >
  const kHz = numberOf(text.frequency)
  const milli = numberOf(text.temperature)
  return {
    ...known<Found>({
      ...parseCpuInfo(text.cpuinfo ?? ''),
      ...(kHz === undefined ? {} : { cpuMHz: kHz / 1000 }),
      cores: numberOf(cores),
      memoryBytes: parseMemInfo(text.meminfo ?? ''),
      clockSource: text.clockSource,
      governor: text.governor,
      temperatureC: milli === undefined ? undefined : milli / 1000,
      virtualization: virtualization ?? hypervisorOf(text.cpuinfo ?? ''),
      loadAverage: numberOf(text.loadavg?.split(' ')[0]),
    }),
    settings: Object.fromEntries(
      names.flatMap((name) => {
        const setting = settingNames[name]
        const value = text[name]
        return setting === undefined || value === undefined ? [] : [[setting, value]]
      }),
    ),
  }
}

/** amd64 has `model name` and `cpu MHz`; arm64 boards only numbers of implementer and part, so the board's `Model` serves. */
export function parseCpuInfo(text: string): Pick<Found, 'cpuModel' | 'cpuMHz'> {
  const field = (name: string): string | undefined => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(text)?.[1]?.trim()
  const part = field('CPU part')
  return known<Found>({
    cpuModel: field('model name') ?? field('Model') ?? (part === undefined ? undefined : `CPU part ${part}`),
    cpuMHz: numberOf(field('cpu MHz')),
  })
}

export function parseMemInfo(text: string): number | undefined {
  const kiB = numberOf(/^MemTotal:\s*(\d+) kB/m.exec(text)?.[1])
  return kiB === undefined ? undefined : kiB * 1024
}

function hypervisorOf(cpuinfo: string): string | undefined {
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) ? 'hypervisor' : undefined
}
