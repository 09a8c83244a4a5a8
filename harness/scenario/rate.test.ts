import { describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Overrides } from '../model/expanded.ts'
import { rateWords } from '../model/paced.ts'
import { makePlan } from '../plan/plan.ts'
import { expandScenario } from './expand.ts'

const sender = (name: string, arrivals: object) => ({
  kind: 'publish',
  name,
  on: 'send',
  to: 'hub',
  subject: name,
  payload: { bytes: 128 },
  arrivals,
})
const constant = (perSecond: number) => ({ kind: 'constant', perSecond })

function scenario(arrivals: readonly object[], more: object = {}) {
  return {
    name: 'paced',
    about: 'Senders with rates.',
    topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
    workloads: [
      ...arrivals.map((each, i) => sender(`pub${i}`, each)),
      { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: '>' },
    ],
    ...more,
  }
}

const at = (perSecond: number): Overrides => ({ rate: { perSecond, because: 'asked for with --rate' } })

function arrivalsAt(arrivals: readonly object[], perSecond: number) {
  const expanded = expandScenario(scenario(arrivals), at(perSecond))
  return expanded.scenario.workloads.flatMap((workload) => ('arrivals' in workload ? [workload.arrivals] : []))
}

function planOf(input: object, overrides: Overrides = {}) {
  const endpoint = () => ({ address: '127.0.0.1', ports: { client: 1, monitor: 2, cluster: 3, floor: 4 } })
  const substrate = { name: 'process' as const, capabilities: new Set<never>(), endpoint }
  const expanded = expandScenario(input, overrides)
  return makePlan({ expanded, substrate, why: 'a test', command: 'bench', harness: '0', host: 'local' })
}

describe('a rate over a scenario', () => {
  it('is that of the first workload that has one; the others keep their ratio, floods stay as they are', () => {
    const all = [
      { kind: 'flood' },
      constant(20_000),
      { kind: 'poisson', perSecond: 5000 },
      { kind: 'burst', perSecond: 1000, size: 10 },
      { kind: 'staircase', from: 2000, to: 40_000, steps: 4 },
    ]
    expect(arrivalsAt(all, 1000)).toEqual([
      { kind: 'flood' },
      constant(1000),
      { kind: 'poisson', perSecond: 250 },
      { kind: 'burst', perSecond: 50, size: 10 },
      { kind: 'staircase', from: 100, to: 2000, steps: 4 },
    ])
  })

  it('makes the plan that the same rate in the file makes: equal digests, and it says what was set and why', () => {
    const [own, set] = [planOf(scenario([constant(1000)])), planOf(scenario([constant(20_000)]), at(1000))]
    expect(set.digest).toBe(own.digest)
    expect(planOf(scenario([constant(20_000)])).digest).not.toBe(own.digest)
    expect(own.rate).toBeUndefined()
    expect(rateWords(set)).toEqual(['1,000 msg/s instead of 20,000: asked for with --rate'])
  })

  it('is checked with the scenario', () => {
    const problems = (input: object, perSecond: number) => {
      try {
        expandScenario(input, at(perSecond))
        return []
      } catch (error) {
        if (!(error instanceof BenchError)) throw error
        return [error.code, ...error.lines]
      }
    }
    expect(problems(scenario([constant(1000)]), 1e9).join('\n')).toMatch(/usage.*\n.*at most 100000000 messages/s)
    const varied = scenario([constant(1000)], { vary: { 'workloads.pub0.arrivals.perSecond': [1000, 2000] } })
    expect(problems(varied, 500).join('\n')).toMatch(/usage.*\n.*must not be varied where --rate sets it/s)
    expect(problems(scenario([{ kind: 'flood' }]), 500)).toEqual([])
    expect(planOf(scenario([{ kind: 'flood' }]), at(500)).rate).toBeUndefined()
  })
})
