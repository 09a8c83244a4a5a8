import { describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Finished } from './host.ts'
import { localHost } from './local.ts'
import { readThermals } from './thermals.ts'

function hostSaying(
  stdout: string,
  status = 0,
): { readonly asked: string[]; run(c: readonly string[]): Promise<Finished> } {
  const asked: string[] = []
  return {
    asked,
    run: (command) => {
      asked.push(command.join(' '))
      return Promise.resolve({ stdout, stderr: '', status })
    },
  }
}

describe('clock and heat of a FreeBSD host', () => {
  it('are those of the fastest core and the hottest sensor, asked for with one sysctl', async () => {
    // Names and forms: cpufreq(4), coretemp(4); an idle core is slow, and a laptop has an ACPI zone too.
    const host = hostSaying(`dev.cpu.0.freq: 2401
dev.cpu.0.temperature: 71.0C
dev.cpu.0.coretemp.throttle_log: 1
dev.cpu.1.freq: 800
dev.cpu.1.temperature: 64.0C
dev.cpu.1.coretemp.throttle_log: 0
hw.acpi.thermal.tz0.temperature: 68.1C
`)
    expect(await readThermals(host, { os: 'FreeBSD', cores: 2 })).toEqual({
      cpuMHz: 2401,
      temperatureC: 71,
      throttled: 1,
    })
    expect(host.asked).toHaveLength(1)
    expect(host.asked[0]).toMatch(/^sysctl -i dev\.cpu\.0\.freq .*dev\.cpu\.1\.coretemp\.throttle_log hw\.temp/)
  })

  it('of a Rock64 come without a count of throttling', async () => {
    const host = hostSaying('dev.cpu.0.freq: 1296\nhw.temperature.CPU: 63.2C\nhw.temperature.GPU: 60.0C\n')
    expect(await readThermals(host, { os: 'FreeBSD', cores: 4 })).toEqual({ cpuMHz: 1296, temperatureC: 63.2 })
  })

  it('are nothing in a virtual machine that has neither', async () => {
    expect(await readThermals(hostSaying(''), { os: 'FreeBSD', cores: 2 })).toEqual({})
  })
})

describe('clock and heat of a Linux host', () => {
  it('come from cpufreq and the zones, counts from every core, though files are missing', async () => {
    const cpu = '/sys/devices/system/cpu/cpu'
    const host = hostSaying(
      `${cpu}0/cpufreq/scaling_cur_freq:1800000
${cpu}0/thermal_throttle/core_throttle_count:3
${cpu}1/cpufreq/scaling_cur_freq:600000
${cpu}1/thermal_throttle/core_throttle_count:4
/sys/class/thermal/thermal_zone0/temp:41000
/sys/class/thermal/thermal_zone1/temp:55500
/proc/cpuinfo:cpu MHz\t\t: 900.000
`,
      2,
    )
    expect(await readThermals(host, { os: 'Linux', cores: 2 })).toEqual({
      cpuMHz: 1800,
      temperatureC: 55.5,
      throttled: 7,
    })
  })

  it('without cpufreq are the clock that the kernel reckons', async () => {
    const host = hostSaying('/proc/cpuinfo:cpu MHz\t\t: 2445.404\n/proc/cpuinfo:cpu MHz\t\t: 2445.404\n', 2)
    expect(await readThermals(host, { os: 'Linux' })).toEqual({ cpuMHz: 2445.404 })
  })
})

describe('a host that cannot be asked', () => {
  it('has no clock and no heat', async () => {
    const gone = { run: () => Promise.reject(new BenchError('os', 'gone')) }
    expect(await readThermals(gone, { os: 'Linux', cores: 2 })).toEqual({})
    expect(await readThermals(hostSaying('x'), { os: 'Darwin' })).toEqual({})
  })
})

describe.runIf(process.platform === 'linux')('this machine', () => {
  it('answers in numbers, if at all', async () => {
    const read = await readThermals(localHost(), { os: 'Linux', cores: 2 })
    for (const value of Object.values(read)) expect(value).toBeGreaterThanOrEqual(0)
  })
})
