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

test('who measured the floor takes over one load of its own node; all else has a process of its own', () => {
  const { first, after } = turnsOf(assignments)
  expect(after.size).toBe(2)
  for (const [floor, load] of after) expect(load.id.split('@')[1]).toBe(floor.split('@')[1])
  expect(ids([...first, ...after.values()])).toEqual(ids(assignments))
})

test('without a floor, or with no load beside it, nobody takes over', () => {
  const load = assignments.filter(({ workload }) => workload !== 'floor')
  expect(turnsOf(load)).toEqual({ first: load, after: new Map() })
  const moved = assignments.map((each) => (each.workload === 'floor' ? { ...each, node: 'elsewhere' } : each))
  expect(turnsOf(moved)).toEqual({ first: moved, after: new Map() })
})
