import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { Report } from '../model/report.ts'
import { hardware } from './hardware.ts'

function rows(
  readings: readonly { readonly cpuMHz?: number; readonly temperatureC?: number; readonly throttled?: number }[],
): Map<string, string> {
  const { thermals: _none, ...report } = sampleReport()
  const thermals = readings.map((each, block) => ({ variant: 'default', block, at: 1, ...each }))
  return new Map(hardware({ ...report, ...(thermals.length === 0 ? {} : { thermals }) } satisfies Report))
}

describe('the hardware table', () => {
  it('says how finely the agents can tell time, and what asking costs', () => {
    const told = new Map(hardware({ ...sampleReport(), clock: { tickNs: 40, readCostNs: 120 } }))
    expect(told.get('clock of the agents')).toBe('steps of 40 ns, a read costs 120 ns')
  })

  it('says where throttling would go unseen, and only there', () => {
    expect(rows([]).get('throttling')).toMatch(/^would go unseen/)
    expect(rows([{ cpuMHz: 1400 }]).get('throttling')).toMatch(/^may go unseen/)
    expect(rows([{ cpuMHz: 1400, throttled: 0 }]).has('throttling')).toBe(false)
    expect(rows([{ temperatureC: 60 }]).has('throttling')).toBe(false)
  })

  it('shows between which clocks and temperatures the measured windows were', () => {
    const seen = rows([{ cpuMHz: 1512, temperatureC: 61.2 }, { cpuMHz: 1416, temperatureC: 66 }, { cpuMHz: 1512 }])
    expect(seen.get('CPU clock while measured')).toBe('1,416 … 1,512 MHz')
    expect(seen.get('temperature while measured')).toBe('61 … 66 °C')
    expect(rows([{ cpuMHz: 1512.2 }, { cpuMHz: 1512.4 }]).get('CPU clock while measured')).toBe('1,512 MHz')
  })
})
