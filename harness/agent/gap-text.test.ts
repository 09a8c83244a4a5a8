import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digitsOf, pairsOf } from './gap-text.ts'

const whole = fc.maxSafeNat()

test('gives every pair again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60_000), whole), { maxLength: 3000 }), (gaps) => {
      let index = 0
      const pairs = gaps.flatMap(([gap, count]) => [(index += gap), count])
      expect([...pairsOf(gaps.flat().map(digitsOf).join(''))]).toEqual(pairs)
    }),
  )
})

test('writes small numbers as one character and larger ones lowest digit first', () => {
  expect([0, 1, 31, 32, 33, 1024].map(digitsOf)).toEqual(['A', 'B', 'f', 'gB', 'hB', 'ggB'])
})

test.each(['B!', 'é1', '\u{1F600}'])('answers %j with a number that is none', (text) => {
  expect([...pairsOf(text)].some(Number.isNaN)).toBe(true)
})
