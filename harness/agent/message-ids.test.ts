import { expect, it } from 'vitest'
import { MessageIds } from './message-ids.ts'

it('a share of the messages has the id of an earlier one, and never another', () => {
  const ids = new MessageIds(0.25, 7, 3)
  const numbers = Array.from({ length: 4000 }, (_, sequence) => sequence)
  const repeated = numbers.filter((sequence) => ids.of(sequence) !== sequence)
  expect(repeated.length).toBe(ids.repeated(4000))
  expect(repeated.length / 4000).toBeCloseTo(0.25, 1)
  expect(new Set(numbers.map((sequence) => ids.of(sequence))).size).toBe(4000 - repeated.length)
  for (const sequence of repeated) expect(ids.of(ids.of(sequence))).toBe(ids.of(sequence))
  expect(ids.of(0)).toBe(0)
})

it('without a share every message has its own', () => {
  const ids = new MessageIds(0, 7, 3)
  expect([0, 1, 2, 3].map((sequence) => ids.of(sequence))).toEqual([0, 1, 2, 3])
  expect(ids.header(3)).toMatchObject({ name: 'Nats-Msg-Id', before: 'p3-' })
})
