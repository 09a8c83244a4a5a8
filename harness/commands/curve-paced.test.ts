import { describe, expect, it } from 'vitest'
import type { Scenario } from '../model/scenario.ts'
import { checkScenario } from '../scenario/check.ts'
import { leastRate, longestPeriodMs, pacedOf, rateChanges, sharesOf } from './curve-paced.ts'

const publish = (name: string, changes: object = {}) => ({
  kind: 'publish',
  name,
  on: 'send',
  to: 'hub',
  subject: name,
  payload: { bytes: 128 },
  arrivals: { kind: 'constant', perSecond: 1000 },
  ...changes,
})
const small = { payload: { bytes: 10 } }
const subscribe = (subject: string) => ({ kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject })
const request = { kind: 'request', name: 'req', on: 'send', to: 'hub', subject: 'ask', ...small }
const reply = { kind: 'reply', name: 'rep', on: 'recv', to: 'hub', subject: 'ask' }

function scenario(workloads: readonly object[], senders = 1): Scenario {
  const topology = { hub: { role: 'server' }, send: { role: 'load', count: senders }, recv: { role: 'load' } }
  const checked = checkScenario({ name: 'curve', about: 'A curve.', topology, workloads })
  if (!checked.ok) throw new Error(checked.problems.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return checked.scenario
}

describe('a curve is refused before anything is built', () => {
  it.each<[string, readonly object[], string]>([
    [
      'the payload carries no stamp',
      [publish('pub', small), subscribe('pub')],
      'workloads.pub.payload.bytes must be at least 16',
    ],
    [
      'the second paced sender carries none',
      [publish('pub'), publish('tiny', small), subscribe('*')],
      'workloads.tiny.payload.bytes must be at least 16',
    ],
    [
      'another sender makes its subscriber blind',
      [publish('pub'), publish('tiny', { ...small, arrivals: { kind: 'flood' } }), subscribe('*')],
      'workloads.tiny.payload.bytes must be at least 16',
    ],
    ['nobody hears it', [publish('pub')], 'workload pub of scenario curve must have a subscriber for a curve'],
    [
      'nothing has a rate to climb',
      [publish('pub', { arrivals: { kind: 'flood' } }), subscribe('pub')],
      'must have a workload with constant or poisson arrivals',
    ],
  ])('where %s', (_, workloads, words) => {
    expect(() => pacedOf(scenario(workloads))).toThrow(words)
  })

  it('but not for small requests: a round trip needs no stamp', () => {
    const arrivals = { kind: 'poisson', perSecond: 100 }
    expect(pacedOf(scenario([{ ...request, arrivals }, reply])).map(({ name }) => name)).toEqual(['req'])
  })
})

describe('the rates of a curve', () => {
  const four = scenario(
    [publish('pub'), publish('slow', { arrivals: { kind: 'constant', perSecond: 20 } }), subscribe('*')],
    4,
  )

  it('keep their proportion, and are no lower than every agent can keep in the window', () => {
    expect(rateChanges(four, 10_000, 1000)).toEqual({
      'workloads.pub.arrivals.perSecond': 10_000,
      'workloads.slow.arrivals.perSecond': 200,
    })
    expect(rateChanges(four, 9.765625, 1000)).toEqual({
      'workloads.pub.arrivals.perSecond': 10,
      'workloads.slow.arrivals.perSecond': 4,
    })
    const [pub] = pacedOf(four)
    expect(leastRate(four, pub, 300)).toBe(14)
    for (const perSecond of [0.1, 1, 40]) {
      const variants = { low: rateChanges(four, perSecond, 300) }
      expect(checkScenario({ ...four, variants, phases: { measure: '300ms' } })).toMatchObject({ ok: true })
    }
  })

  it('are no lower than every batch fills in the window', () => {
    const [pub] = pacedOf(four)
    const batching = { ...pub, batch: 100, connections: 2 }
    expect(leastRate(four, batching, 1000)).toBe(800)
  })

  it('leave out shares whose rate the window cannot show', () => {
    expect(sharesOf(four, 100, 1000)).not.toContain(0.01)
    expect(sharesOf(four, 100, 1000)).toContain(0.1)
    expect(sharesOf(four, 40_000, 1000)).toContain(0.01)
    expect(sharesOf(four, 1, 1000)).toEqual([1, 1.05])
  })

  it('let a trial last as long as the other senders need', () => {
    const burst = publish('burst', { arrivals: { kind: 'burst', perSecond: 100, size: 300 } })
    expect(longestPeriodMs(scenario([publish('pub'), burst, subscribe('*')]))).toBe(3000)
    expect(longestPeriodMs(scenario([publish('pub'), subscribe('*')]))).toBe(0)
  })
})
