import { expect, it } from 'vitest'
import { suggestion } from './nearest.ts'

it('says of a word that only looks like the one meant that it does so', () => {
  const [composed, apart] = ['m\u00fcsli', 'mu\u0308sli']
  expect(suggestion(composed, [apart])).toBe(
    ` (did you mean "${apart}", which looks the same and is made of other characters?)`,
  )
  expect(suggestion('musli', [composed])).toBe(` (did you mean "${composed}"?)`)
})

it('names some of the many words that have this in them', () => {
  const many = Array.from({ length: 30 }, (_, i) => `word-${i}.p99`)
  expect(suggestion('p99', many)).toBe(
    ' (did you mean "word-0.p99" or "word-1.p99" or "word-2.p99" or "word-3.p99", or another of 30 that have this in them?)',
  )
})
