import { expect, test } from 'vitest'
import { makePlan } from '../plan/plan.ts'
import { expandScenario } from '../scenario/expand.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import { turnsOf } from './turns.ts'

const expanded = expandScenario({
  name: 'turns',
  about: 'One publisher, two subscribers.',
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load', count: 2 } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 's',
      payload: { bytes: 64 },
      arrivals: { kind: 'flood' },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 's' },
  ],
})
const request = { expanded, substrate: memorySubstrate(), why: 'a test', command: '', harness: '0', host: 'local' }
const assignments = makePlan(request).variants[0]?.assignments ?? []
const ids = (of: readonly { readonly id: string }[]) => of.map(({ id }) => id).toSorted()

test('who pinged for the floor watches the servers from its node; every load has a process of its own', () => {
  const { first, after } = turnsOf(assignments)
  expect([...after].map(([floor, { id }]) => [floor, id])).toEqual([['floor-ping@send', 'probe@send']])
  expect(ids([...first, ...after.values()])).toEqual(ids(assignments))
})

test('without a floor, or with nobody else on its node, nobody takes over', () => {
  const others = assignments.filter(({ workload }) => workload !== 'floor')
  expect(turnsOf(others)).toEqual({ first: others, after: new Map() })
  const moved = assignments.map((each) => (each.workload === 'floor' ? { ...each, node: 'elsewhere' } : each))
  expect(turnsOf(moved)).toEqual({ first: moved, after: new Map() })
})
