import { expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { expected, faultEffects, lostExpected } from './health-fault.ts'
import { expectedIn, type Examined } from './health-rule.ts'
import { lostAcked } from './health-streams.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'

const plan = {
  scenario: { expect: { gapBelow: '5s', lostAcked: 0 } },
  variants: [
    { name: 'never', set: { 'expect.lostAcked': 400 } },
    { name: 'always', set: {} },
  ],
} as unknown as Plan

it('a variant expects what the scenario does, and what it says itself', () => {
  expect(expectedIn(plan, 'never')).toEqual({ gapBelow: '5s', lostAcked: 400 })
  expect(expectedIn(plan, 'always')).toEqual({ gapBelow: '5s', lostAcked: 0 })
})

it('a loss fails the variant that may have none, and only that', () => {
  const workload = { name: 'pub', kind: 'js-publish', lostAcked: 7, proof: { lost: 7, acked: 100 } } as WorkloadResult
  const block = (variant: string) => ({ index: 0, variant, workloads: [workload] }) as unknown as BlockResult
  const run = { plan, counted: [block('never'), block('always')] } as unknown as Examined
  expect(lostAcked(workload, run, block('never'))).toBeUndefined()
  expect(lostAcked(workload, run, block('always'))?.outcome).toBe('fail')
  expect(expected(lostExpected)(run).map(({ about, outcome }) => [about, outcome])).toEqual([
    ['pub [never]', 'pass'],
    ['pub [always]', 'fail'],
  ])
})

it('one of a thing is told in the singular', () => {
  const one = {
    name: 'pub',
    kind: 'js-publish',
    lostAcked: 1,
    gapNs: 1,
    proof: { lost: 1, acked: 1 },
  } as WorkloadResult
  const effect = { workload: 'pub', fault: 'kill hub', gap: { fromNs: 0, toNs: 2e9, measured: true, over: false } }
  const block = { index: 0, variant: 'always', workloads: [one], effects: [effect] } as unknown as BlockResult
  const scenario = { workloads: [{ name: 'pub', kind: 'js-publish' }], expect: { lostAcked: 0 } }
  const run = { plan: { scenario, variants: [{ name: 'always', set: {} }] }, counted: [block] } as unknown as Examined
  expect(lostAcked(one, run, block)?.because).toMatch(/^1 of 1 acknowledged message is not /)
  expect(expected(lostExpected)(run)[0]?.because).toMatch(/^1 acknowledged message is lost, expected at most 0/)
  expect(faultEffects(run)[0]?.because).toMatch(/; 1 of 1 gap was not over when the measured time was$/)
})
