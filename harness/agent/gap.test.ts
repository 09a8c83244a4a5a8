import { expect, test } from 'vitest'
import { Gap } from './gap.ts'

test('the longest time between two arrivals is told at the cut, and the next cut begins anew', () => {
  const gap = new Gap()
  for (const at of [10, 20, 90, 100]) gap.heard(at)
  expect(gap.cut(110).whole).toEqual({ from: 20, to: 90 })
  gap.heard(115)
  expect(gap.cut(120).whole).toEqual({ from: 100, to: 115 })
})

test('a time without arrivals that goes on over cuts is told whole by each of them', () => {
  const gap = new Gap()
  gap.heard(10)
  expect(gap.cut(100).whole).toEqual({ from: 10, to: 100 })
  expect(gap.cut(200).whole).toEqual({ from: 10, to: 200 })
  gap.heard(250)
  expect(gap.cut(300).whole).toEqual({ from: 10, to: 250 })
})

test('where nothing ever comes, the whole time is a gap', () => {
  expect(new Gap().cut(500).whole).toEqual({ from: 0, to: 500 })
})

test('the measured window counts what is in it, and knows how long the whole was', () => {
  const gap = new Gap()
  gap.heard(10)
  expect(gap.cut(100).whole).toEqual({ from: 10, to: 100 })
  gap.countFrom(100)
  for (const at of [130, 140, 190]) gap.heard(at)
  expect(gap.cut(200)).toEqual({ whole: { from: 10, to: 130 }, counted: { from: 140, to: 190 } })
  gap.heard(290)
  expect(gap.cut(300)).toEqual({ whole: { from: 190, to: 290 }, counted: { from: 190, to: 290 } })
})

test('a time that goes on over the whole window counts from its begin', () => {
  const gap = new Gap()
  gap.countFrom(100)
  expect(gap.cut(200)).toEqual({ whole: { from: 0, to: 200 }, counted: { from: 100, to: 200 } })
  gap.heard(250)
  expect(gap.cut(300)).toEqual({ whole: { from: 0, to: 250 }, counted: { from: 100, to: 250 } })
})
