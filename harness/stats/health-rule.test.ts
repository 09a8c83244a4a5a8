import { expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { expected, lostExpected } from './health-fault.ts'
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
