import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Outstanding } from './outstanding.ts'

test('replies in any order give back the times of their requests, once', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(60).keys()]), (answered) => {
      const outstanding = new Outstanding(64)
      for (let i = 0; i < 60; i++) outstanding.add(i * 10, i * 10 + 3)
      for (const token of answered) {
        expect(outstanding.take(token)).toBe('taken')
        expect([outstanding.due, outstanding.sent]).toEqual([token * 10, token * 10 + 3])
        expect(outstanding.take(token)).not.toBe('taken')
      }
      expect(outstanding.count).toBe(60 - answered.length)
      expect(outstanding.expire(Infinity)).toBe(60 - answered.length)
      expect(outstanding.count).toBe(0)
    }),
  )
})

test('requests sent before a time are given up, and their replies come too late', () => {
  const outstanding = new Outstanding(8)
  for (let i = 0; i < 5; i++) outstanding.add(i, i)
  expect(outstanding.take(1)).toBe('taken')
  expect(outstanding.expire(3)).toBe(2)
  expect([0, 1, 2].map((token) => outstanding.take(token))).toEqual(['expired', 'expired', 'expired'])
  expect(outstanding.take(3)).toBe('taken')
  expect(outstanding.count).toBe(1)
})

test('it is full at its size and has room again when the oldest is answered', () => {
  const outstanding = new Outstanding(4)
  for (let i = 0; i < 4; i++) outstanding.add(0, 0)
  expect(outstanding.full).toBe(true)
  outstanding.take(1)
  expect(outstanding.full).toBe(true)
  outstanding.take(0)
  expect(outstanding.full).toBe(false)
})

test('a reply that was never asked for, with any token, is not taken', () => {
  const outstanding = new Outstanding(4)
  outstanding.add(0, 0)
  for (const token of [1, 2, 3, 4, 0xffffffff]) expect(outstanding.take(token)).toBe('expired')
})
