import { describe, expect, it } from 'vitest'
import type { Imported } from '../model/imported.ts'
import { reportOfImported } from './imported.ts'

const at = '2026-11-24T07:00:00.000Z'
const imported: Imported = {
  tool: 'natscli',
  title: 'a\u001b[31m<b>.csv',
  payloadBytes: 128,
  kinds: { sub: 'subscribe' },
  blocks: [1, 2, 3].map((n) => [{ workload: 'sub', metric: 'throughput', value: 1000 * n }]),
  remarks: ['imported from natscli'],
}

describe('reportOfImported', () => {
  it('has one block for each run of the file, and their median', () => {
    const { summaries, plan } = reportOfImported(imported, at, imported.title)
    expect(plan.blocks).toHaveLength(3)
    expect(summaries[0]).toMatchObject({ workload: 'sub', metric: 'throughput', median: 2000, blocks: 3 })
    expect(plan.scenario.workloads.map(({ name }) => name)).toEqual(['sub'])
  })

  it('is never healthy: what was imported is said and cannot be vouched for', () => {
    const { health } = reportOfImported(imported, at, imported.title)
    expect(health[0]).toEqual({
      about: 'import',
      rule: 'imported',
      outcome: 'unknown',
      because: 'imported from natscli',
    })
    expect(health.map(({ because }) => because).join()).toContain('its messages have 128 bytes')
  })

  it('is of no substrate of ours, and lets no control characters or markup of the file through', () => {
    const { plan, run } = reportOfImported(imported, at, imported.title)
    expect(plan.substrate).toBe('imported')
    expect(plan.scenario.about).toBe('Imported from natscli: a?[31m?b?.csv'.replaceAll('[', '?'))
    expect(run).toBe('a??31m?b?.csv')
  })
})
