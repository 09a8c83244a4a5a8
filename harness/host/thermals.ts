/** CPU clock and temperature of a host, read with one command, so that it may be asked while load is on. */
import type { HostFacts, Thermals } from '../model/facts.ts'
import { known } from '../model/known.ts'
import { answer, numberOf, type Asked } from './facts.ts'
import { boardTemperatures, celsius, parseSettings } from './facts-freebsd.ts'

type Machine = Pick<HostFacts, 'os' | 'cores'>

interface Reader {
  command(cores: number): readonly string[]
  parse(text: string): Thermals
}

const readers: Readonly<Record<string, Reader>> = {
  FreeBSD: { command: freebsdCommand, parse: parseFreebsd },
  Linux: { command: linuxCommand, parse: parseLinux },
}

/**
 * What this host tells, at once: the clock of its fastest core (idle ones slow down by themselves), the temperature of its
 * hottest sensor, and how often it says that it throttled. Empty where it tells nothing; never throws.
 */
export async function readThermals(host: Asked, { os, cores = 1 }: Machine): Promise<Thermals> {
  const reader = readers[os]
  return reader === undefined ? {} : reader.parse((await answer(host, reader.command(cores), 'any')) ?? '')
}

/** cpufreq(4); coretemp(4) and amdtemp(4), then the board's; coretemp's log bit stays set once it was. */
function freebsdCommand(cores: number): readonly string[] {
  const each = ['freq', 'temperature', 'coretemp.throttle_log']
  const names = numbered(cores).flatMap((cpu) => each.map((name) => `dev.cpu.${cpu}.${name}`))
  return ['sysctl', '-i', ...names, ...boardTemperatures]
}

function parseFreebsd(text: string): Thermals {
  const values = Object.entries(parseSettings(text))
  const named = (pattern: RegExp) => values.flatMap(([name, value]) => (pattern.test(name) ? [value] : []))
  return thermals({
    cpuMHz: named(/\.freq$/).map(numberOf),
    temperatureC: named(/temperature|^dev\.aw_thermal\./).map(celsius),
    throttled: named(/throttle_log$/).map(numberOf),
  })
}

/** cpufreq in sysfs, or the kernel's own reckoning; thermal zones; Intel counts per core (thermal_throttle). */
function linuxCommand(cores: number): readonly string[] {
  const perCpu = ['cpufreq/scaling_cur_freq', 'thermal_throttle/core_throttle_count']
  const files = numbered(cores).flatMap((cpu) => perCpu.map((file) => `/sys/devices/system/cpu/cpu${cpu}/${file}`))
  const zones = numbered(10).map((zone) => `/sys/class/thermal/thermal_zone${zone}/temp`)
  // grep names the file of each line, passes over those that are not there, and says 2 when any was missing.
  return ['grep', '-sHE', String.raw`^(-?[0-9]+|cpu MHz.*)$`, ...files, ...zones, '/proc/cpuinfo']
}

function parseLinux(text: string): Thermals {
  const lines = text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])
  const of = (ending: string) => lines.flatMap(([file, value]) => (file?.endsWith(ending) === true ? [value] : []))
  const scaled = of('scaling_cur_freq').map((kHz) => divided(kHz, 1000))
  const reckoned = of('/proc/cpuinfo').map((line) => numberOf(/^cpu MHz\s*:\s*(\S+)$/.exec(line ?? '')?.[1]))
  return thermals({
    cpuMHz: scaled.length > 0 ? scaled : reckoned,
    temperatureC: of('/temp').map((milli) => divided(milli, 1000)),
    throttled: of('core_throttle_count').map(numberOf),
  })
}

type Readings = { readonly [K in keyof Thermals]-?: readonly (number | undefined)[] }

function thermals({ cpuMHz, temperatureC, throttled }: Readings): Thermals {
  return known<Thermals>({
    cpuMHz: highest(cpuMHz),
    temperatureC: highest(temperatureC),
    throttled: numbers(throttled).length === 0 ? undefined : numbers(throttled).reduce((sum, each) => sum + each, 0),
  })
}

function numbers(values: readonly (number | undefined)[]): readonly number[] {
  return values.filter((value) => value !== undefined)
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  return numbers(values).length === 0 ? undefined : Math.max(...numbers(values))
}

function divided(text: string | undefined, by: number): number | undefined {
  const value = numberOf(text)
  return value === undefined ? undefined : value / by
}

function numbered(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}
