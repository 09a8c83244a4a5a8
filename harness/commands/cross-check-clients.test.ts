import { describe, expect, it } from 'vitest'
import { recordedReport } from '../../fixtures/reports/recorded.ts'
import type { Arrivals } from '../model/scenario.ts'
import type { Plan } from '../model/plan.ts'
import { beside, clientsOf } from './cross-check-clients.ts'

/** The plan of that run with other arrivals. */
function planWith(name: 'latency' | 'kv', arrivals?: Arrivals): Plan {
  const { plan } = recordedReport(name)
  const variants = plan.variants.map((variant) => ({
    ...variant,
    assignments: variant.assignments.map((each) =>
      arrivals !== undefined && 'arrivals' in each.job ? { ...each, job: { ...each.job, arrivals } } : each,
    ),
  }))
  return { ...plan, variants }
}

describe('agents as clients of nats bench', () => {
  it('of a flood: publisher and subscriber, whose rate is shown', () => {
    const clients = clientsOf(planWith('latency', { kind: 'flood' }))
    expect(clients.map(({ workload, words }) => [workload, ...words])).toEqual([
      ['pub', 'pub', expect.any(String), '--size', '128'],
      ['sub', 'sub', expect.any(String)],
    ])
    expect(beside(clients)).toEqual({ workload: 'sub', metric: 'throughput', sender: 'pub', senders: 1 })
  })

  it('that listen wait for what all senders send, which is more where listeners may miss the first', () => {
    const [pub, sub] = clientsOf(planWith('latency', { kind: 'flood' }))
    expect(pub?.messages(1000, 1.1)).toBe(1100)
    expect(sub?.messages(1000, 1.1)).toBe(1000)
  })

  it('cannot be where they send by a schedule, nor for kinds that nats bench has not', () => {
    const lines = (plan: Plan): readonly string[] => {
      try {
        clientsOf(plan)
        return []
      } catch (error) {
        return (error as { lines: readonly string[] }).lines
      }
    }
    expect(lines(planWith('latency'))).toEqual([
      expect.stringMatching(/^pub: sends by a schedule \("\w+"\), nats bench only floods$/),
    ])
    expect(lines(planWith('kv')).length).toBeGreaterThan(0)
    expect(lines(planWith('kv')).join(' ')).toMatch(/nats bench has nothing like it/)
  })
})
