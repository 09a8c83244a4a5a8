import { describe, expect, it } from 'vitest'
import { connections } from './health-connections.ts'
import type { Examined } from './health-rule.ts'

const loss = { id: 'sub@recv', workload: 'sub', connection: 0, fromNs: 1e9, because: 'cut off' }

function examined(losses: readonly object[], expect?: object): Examined {
  return {
    plan: { variants: [{ name: 'default' }], scenario: { expect } },
    counted: [{ index: 0, variant: 'default', losses, workloads: [{ name: 'sub' }] }],
  } as unknown as Examined
}

describe('connections that were lost', () => {
  it('are a result when they came back', () => {
    expect(connections(examined([{ ...loss, toNs: 1.5e9 }]))).toEqual([
      {
        about: 'sub',
        rule: 'connections',
        outcome: 'pass',
        because: 'in block 1: 1 connection came back: lost at 1.00 s, away for 500.00 ms at most',
      },
    ])
  })

  it('make the workload unknown when they did not', () => {
    const [finding] = connections(examined([loss, { ...loss, connection: 1, fromNs: 2e9, toNs: 2.1e9 }]))
    expect(finding?.outcome).toBe('unknown')
    expect(finding?.because).toContain('1 connection did not come back, the first was lost at 1.00 s')
  })

  it('pass where the scenario expects them, and their absence fails', () => {
    const cutOff = { cutOff: ['sub'] }
    expect(connections(examined([loss], cutOff))).toMatchObject([{ outcome: 'pass' }])
    expect(connections(examined([], cutOff))).toMatchObject([{ outcome: 'fail' }])
  })

  it('are not spoken of where there are none', () => {
    expect(connections(examined([]))).toEqual([])
  })
})
