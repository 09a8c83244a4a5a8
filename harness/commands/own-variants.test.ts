import { expect, it } from 'vitest'
import { checkScenario } from '../scenario/check.ts'
import { expandScenario } from '../scenario/expand.ts'
import { withoutOwn } from './own-variants.ts'

const bytes = 'workloads.pub.payload.bytes'
const variants = { small: { [bytes]: 8 } }
const vary = { [bytes]: [8, 64] }
const faults = [{ at: '2s', kind: 'pause', node: 'hub', lasts: '300ms' }]

function scenario(own: object) {
  const checked = checkScenario({
    name: 'grid',
    about: 'A grid.',
    topology: { hub: { role: 'server' }, send: { role: 'load' } },
    workloads: [
      {
        kind: 'publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject: 'a',
        payload: { bytes: 128 },
        arrivals: { kind: 'flood' },
      },
    ],
    ...own,
  })
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join())
  return checked.scenario
}

it.each([
  [{}, []],
  [{ variants }, ['warning: variants of scenario grid have no effect on a curve, which measures it without them']],
  [{ vary }, ['warning: vary of scenario grid has no effect on a curve, which measures it without it']],
  [
    { variants, vary },
    ['warning: variants and vary of scenario grid have no effect on a curve, which measures it without them'],
  ],
  [{ faults }, ['warning: faults of scenario grid have no effect on a curve, which measures it without them']],
  [
    { variants, vary, faults },
    ['warning: variants, vary and faults of scenario grid have no effect on a curve, which measures it without them'],
  ],
])('what a scenario has of its own is left out and told: %j', (own, wanted) => {
  const said: string[] = []
  const plain = withoutOwn(scenario(own), ['variants', 'vary', 'faults'], 'a curve', (line) => said.push(line))
  expect(said).toEqual(wanted)
  expect(plain.faults).toEqual([])
  expect(expandScenario(plain).variants.map(({ name }) => name)).toEqual(['default'])
  expect(expandScenario(plain, { variants: { 'load=1': {} } }).variants.map(({ name }) => name)).toEqual(['load=1'])
})

it('a field that is not named stays', () => {
  const plain = withoutOwn(scenario({ variants, vary, faults }), ['variants'], 'a check', () => undefined)
  expect(plain.faults).toHaveLength(1)
  expect(expandScenario(plain).variants.map(({ name }) => name)).toEqual(['bytes=8', 'bytes=64'])
})
