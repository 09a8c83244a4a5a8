import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { Report } from '../model/report.ts'
import { hardware } from './hardware.ts'

function throttlingRow(host: { readonly cpuMHz?: number }, after?: Report['facts']['after']): string | undefined {
  const { facts, ...report } = sampleReport()
  const { cpuMHz: _clock, ...rest } = facts.host
  const { after: _after, ...others } = facts
  const known = { ...others, host: { ...rest, ...host }, ...(after === undefined ? {} : { after }) }
  return hardware({ ...report, facts: known }).find(([what]) => what === 'throttling')?.[1]
}

describe('the hardware table', () => {
  it('says where throttling would go unseen, and only there', () => {
    expect(throttlingRow({})).toMatch(/^would go unseen/)
    expect(throttlingRow({ cpuMHz: 1400 })).toMatch(/^would go unseen/)
    expect(throttlingRow({ cpuMHz: 1400 }, { cpuMHz: 1390 })).toBeUndefined()
    expect(throttlingRow({}, { temperatureC: 60 })).toBeUndefined()
  })
})
