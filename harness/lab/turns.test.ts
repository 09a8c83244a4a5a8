import { expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { makePlan } from '../plan/plan.ts'
import { expandScenario } from '../scenario/expand.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import { processesFor, sharingOf, turnsOf } from './turns.ts'

const scenario = {
  name: 'turns',
  about: 'Publishers and two subscribers.',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load', count: 3 },
    recv: { role: 'load', count: 2 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 's',
      payload: { bytes: 64 },
      arrivals: { kind: 'constant', perSecond: 1000 } as object,
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 's' },
  ],
}

function planOf(of: object = scenario): Plan {
  const expanded = expandScenario({ ...scenario, ...of })
  return makePlan({ expanded, substrate: memorySubstrate(), why: 'a test', command: '', harness: '0', host: 'local' })
}
const plan = planOf()
const assignments = plan.variants[0]?.assignments ?? []
const ids = (of: readonly { readonly id: string }[]) => of.map(({ id }) => id)
const sharing = (of: Plan, substrate: Plan['substrate'] = 'process') =>
  ids(sharingOf({ ...of, substrate }, of.variants[0]!))
const publishers = ['pub@send-1', 'pub@send-2', 'pub@send-3']

test('who pinged for the floor watches the servers from its node; every load has a process of its own', () => {
  const { first, after } = turnsOf(assignments, [], Infinity)
  expect([...after].map(([floor, { id }]) => [floor, id])).toEqual([['floor-ping@send-1', 'probe@send-1']])
  expect(first.every((process) => process.length === 1)).toBe(true)
  expect(ids([...first.flat(), ...after.values()]).toSorted()).toEqual(ids(assignments).toSorted())
})

test('without a floor, or with nobody else on its node, nobody takes over', () => {
  const others = assignments.filter(({ workload }) => workload !== 'floor')
  const alone = (of: typeof assignments) => ({ first: of.map((each) => [each]), after: new Map() })
  expect(turnsOf(others, [], 1)).toEqual(alone(others))
  const moved = assignments.map((each) => (each.workload === 'floor' ? { ...each, node: 'elsewhere' } : each))
  expect(turnsOf(moved, [], 1)).toEqual(alone(moved))
})

test('senders that may share are spread over the processes there are, each once, with nobody else', () => {
  const shared = assignments.filter(({ id }) => publishers.includes(id))
  const [one, two, five] = [1, 2, 5].map((processes) => turnsOf(assignments, shared, processes))
  const ofPublishers = (turns = one) => turns!.first.map(ids).filter((process) => publishers.includes(process[0]!))
  expect(ofPublishers(one)).toEqual([publishers])
  expect(ofPublishers(two)).toEqual([['pub@send-1', 'pub@send-3'], ['pub@send-2']])
  expect(ofPublishers(five)).toEqual(publishers.map((id) => [id]))
  expect(ids([...one!.first.flat(), ...one!.after.values()]).toSorted()).toEqual(ids(assignments).toSorted())
  const [first] = shared
  const others = [...shared, { ...first!, id: 'other@send-1', workload: 'other' }]
  expect(turnsOf(others, others, 1).first.map(ids)).toEqual([publishers, ['other@send-1']])
})

test('scheduled senders that await nothing share, where nodes are only names and nothing asks for one of them alone', () => {
  expect(sharing(plan)).toEqual(publishers)
  expect(sharing(plan, 'bastille')).toEqual([])
  expect(sharing(plan, 'container')).toEqual([])
  const limited = { ...scenario.topology, send: { role: 'load', count: 3, cpus: [0] } }
  expect(sharing(planOf({ topology: limited }))).toEqual([])
  const [pub, sub] = scenario.workloads
  expect(sharing(planOf({ workloads: [{ ...pub, arrivals: { kind: 'flood' } }, sub] }))).toEqual([])
  const faults = [{ at: '1s', kind: 'pause', node: 'send-1', lasts: '1s' }]
  const phases = { warmup: '1s', measure: '4s', cooldown: '1s' }
  expect(sharing(planOf({ faults, phases }))).toEqual([])
})

test('half of the cores are for them', () => {
  expect([1, 2, 4, 8, undefined].map(processesFor)).toEqual([1, 1, 2, 4, Infinity])
})
