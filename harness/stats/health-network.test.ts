import { describe, expect, it } from 'vitest'
import type { NetworkSeen } from './fault-times.ts'
import { networks } from './health-network.ts'
import type { Examined } from './health-rule.ts'

const calm: NetworkSeen = {
  at: 0,
  fault: 'impair hub (delay 20ms, loss 10 %)',
  when: 'before',
  from: 'send',
  to: 'hub',
  sent: 100,
  arrived: 100,
  returned: 100,
  overtaken: 0,
  rttNs: { p50: 1e6, p99: 2e6 },
}
const impair = { at: '1s', kind: 'impair', node: 'hub', with: { delay: '20ms', loss: 0.1 }, lasts: '5s' }
const partition = { at: '1s', kind: 'partition', node: 'hub', lasts: '5s' }

function judged(fault: object, ...seen: readonly NetworkSeen[]) {
  const run = {
    plan: { faults: [fault], variants: [{ name: 'default' }] },
    counted: [{ index: 0, variant: 'default', networks: seen }],
  }
  return networks(run as unknown as Examined)[0]
}

const during = (more: Partial<NetworkSeen>): NetworkSeen => ({ ...calm, when: 'during', ...more })

describe('an impairment', () => {
  it('passes where packets met what was asked for', () => {
    const found = judged(impair, calm, during({ returned: 91, rttNs: { p50: 21.5e6, p99: 30e6 } }))
    expect(found).toMatchObject({ outcome: 'pass', about: calm.fault })
    expect(found?.because).toContain('91 of 100 packets came back, round trip p50 21.50 ms')
  })

  it('is unknown where nothing was added, or too much was lost', () => {
    const idle = judged(impair, calm, during({ returned: 90 }))
    expect(idle).toMatchObject({ outcome: 'unknown' })
    expect(idle?.because).toContain('0.00 ms were added, not 20ms')
    const lossy = judged(impair, calm, during({ returned: 50, rttNs: { p50: 21e6, p99: 30e6 } }))
    expect(lossy?.because).toContain('50 % were lost, not 10 %')
  })

  it('is unknown where it was not probed', () => {
    expect(judged(impair, calm)).toMatchObject({ outcome: 'unknown' })
  })
})

describe('a partition', () => {
  const of = (more: Partial<NetworkSeen>) => [
    { ...calm, fault: 'partition hub' },
    { ...during(more), fault: 'partition hub' },
  ]

  it('passes where nothing comes through', () => {
    expect(judged(partition, ...of({ arrived: 0, returned: 0 }))).toMatchObject({ outcome: 'pass' })
    expect(judged({ ...partition, way: 'out' }, ...of({ returned: 0 }))).toMatchObject({ outcome: 'pass' })
  })

  it('is unknown where something does, or where more is cut than was asked for', () => {
    expect(judged(partition, ...of({ arrived: 3, returned: 0 }))?.because).toContain('packets to it came through')
    expect(judged(partition, ...of({}))?.because).toContain('packets came through')
    expect(judged({ ...partition, way: 'out' }, ...of({ arrived: 0, returned: 0 }))?.because).toContain('were lost too')
  })
})
