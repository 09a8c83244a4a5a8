import { expect, it } from 'vitest'
import { expandScenario } from '../scenario/expand.ts'
import { demandOf } from './demand.ts'

function scenario(send: number, recv: number, workloads: readonly object[]) {
  return expandScenario({
    name: 'asked',
    about: 'What does it ask for?',
    topology: { hub: { role: 'server' }, send: { role: 'load', count: send }, recv: { role: 'load', count: recv } },
    workloads,
  }).scenario
}

const part = (kind: string, name: string, on: string, more: object = {}) => ({
  kind,
  name,
  on,
  to: 'hub',
  subject: 'a',
  ...more,
})
const paced = (perSecond: number) => ({ payload: { bytes: 128 }, arrivals: { kind: 'constant', perSecond } })

it('is what one sender sends, and what goes in and out of the servers', () => {
  const fanIn = scenario(4, 1, [part('publish', 'pub', 'send', paced(20_000)), part('subscribe', 'sub', 'recv')])
  expect(demandOf(fanIn)).toEqual({ sender: 5000, server: 40_000 })
  const fanOut = scenario(1, 4, [
    part('publish', 'pub', 'send', paced(10_000)),
    part('subscribe', 'sub', 'recv', { connections: 2 }),
  ])
  expect(demandOf(fanOut)).toEqual({ sender: 10_000, server: 90_000 })
  const group = scenario(1, 4, [
    part('publish', 'pub', 'send', paced(20_000)),
    part('subscribe', 'sub', 'recv', { queue: 'q' }),
  ])
  expect(demandOf(group)).toEqual({ sender: 20_000, server: 40_000 })
})

it('counts a request and its answer, and nothing of what has no rate', () => {
  const asking = scenario(1, 1, [
    part('request', 'req', 'send', paced(1000)),
    part('reply', 'rep', 'recv', { queue: 'q' }),
  ])
  expect(demandOf(asking)).toEqual({ sender: 1000, server: 4000 })
  const closed = { payload: { bytes: 128 }, arrivals: { kind: 'closed', inFlight: 1 } }
  expect(
    demandOf(scenario(1, 1, [part('request', 'req', 'send', closed), part('reply', 'rep', 'recv')])),
  ).toBeUndefined()
})
