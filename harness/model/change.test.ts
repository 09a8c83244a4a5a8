import { expect, it } from 'vitest'
import { change, more } from './change.ts'

it('a change that is nothing when it is written has no sign', () => {
  expect([1.04, 0.969, 1.0003, 0.9997, 1].map(change)).toEqual(['+4.0 %', '−3.1 %', '±0.0 %', '±0.0 %', '±0.0 %'])
  expect([1, -2, 0, 0.5, -0.5, -0].map(more)).toEqual(['+1', '−2', '±0', '+0.5', '−0.5', '±0'])
})
