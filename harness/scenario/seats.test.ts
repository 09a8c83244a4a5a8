import { expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const server = { role: 'server', server: { jetstream: true } }
const pub = {
  kind: 'js-publish',
  name: 'pub',
  on: 'send',
  to: 'hub',
  subject: 'o.new',
  payload: { bytes: 64 },
  arrivals: { kind: 'flood' },
  window: 1,
}
const base = (count: number, replicas: number, via: string) => ({
  name: 'seats',
  about: 'Where clients sit must be there.',
  topology: { hub: { ...server, count }, send: { role: 'load' } },
  streams: { orders: { on: 'hub', subjects: ['o.>'], replicas } },
  workloads: [{ ...pub, via }],
})

it.each([
  [3, 3, 'follower', []],
  [3, 1, 'leader', []],
  [3, 1, 'random', []],
  [1, 1, 'leader', ['workloads.pub.via must be left out: group "hub" has one server, which leads, got "leader"']],
  [
    3,
    1,
    'follower',
    ['workloads.pub.via must be "leader" or "random": with one replica nobody follows, got "follower"'],
  ],
])('%d servers, %d replicas, via %s', (count, replicas, via, problems) => {
  expect(problemsOf(base(count, replicas, via))).toEqual(problems)
})
