import { expect, test } from 'vitest'
import { Gap } from './gap.ts'

test('the longest time between two arrivals is told at the cut, and the next cut begins anew', () => {
  const gap = new Gap()
  for (const at of [10, 20, 90, 100]) gap.heard(at)
  expect(gap.cut(110)).toEqual({ from: 20, to: 90 })
  gap.heard(115)
  expect(gap.cut(120)).toEqual({ from: 100, to: 115 })
})

test('a time without arrivals that goes on over cuts is told whole by each of them', () => {
  const gap = new Gap()
  gap.heard(10)
  expect(gap.cut(100)).toEqual({ from: 10, to: 100 })
  expect(gap.cut(200)).toEqual({ from: 10, to: 200 })
  gap.heard(250)
  expect(gap.cut(300)).toEqual({ from: 10, to: 250 })
})

test('where nothing ever comes, the whole time is a gap', () => {
  expect(new Gap().cut(500)).toEqual({ from: 0, to: 500 })
})
