import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketsOf, digitsOf } from './gap-text.ts'

const whole = fc.maxSafeNat()

function pairsOf(form: { readonly gaps: string } | { readonly buckets: readonly number[] }): number[] | undefined {
  const buckets = bucketsOf({ significantBits: 11, min: 0, max: 0, total: 1, ...form })
  if (buckets === undefined) return undefined
  return Array.from({ length: buckets.length }, (_, i) => [buckets.index[i]!, buckets.count[i]!]).flat()
}

test('gives every pair again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60_000), whole), { maxLength: 3000 }), (gaps) => {
      let index = 0
      const pairs = gaps.flatMap(([gap, count]) => [(index += gap), count])
      expect(pairsOf({ gaps: gaps.flat().map(digitsOf).join('') })).toEqual(pairs)
      expect(pairsOf({ buckets: pairs })).toEqual(pairs)
    }),
  )
})

test('writes small numbers as one character and larger ones lowest digit first', () => {
  expect([0, 1, 31, 32, 33, 1024].map(digitsOf)).toEqual(['A', 'B', 'f', 'gB', 'hB', 'ggB'])
})

test.each(['B!', 'é1', '\u{1F600}', '////////BB'])('refuses the text %j', (gaps) => {
  expect(pairsOf({ gaps })).toBeUndefined()
})

test.each([[[-1, 1]], [[0.5, 1]], [[2 ** 31, 1]], [[1, -1]]])('refuses the pair %j', (buckets) => {
  expect(pairsOf({ buckets })).toBeUndefined()
})
