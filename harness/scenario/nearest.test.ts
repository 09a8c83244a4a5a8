import { expect, it } from 'vitest'
import { suggestion } from './nearest.ts'

it('says of a word that only looks like the one meant that it does so', () => {
  const [composed, apart] = ['m\u00fcsli', 'mu\u0308sli']
  expect(suggestion(composed, [apart])).toBe(
    ` (did you mean "${apart}", which looks the same and is made of other characters?)`,
  )
  expect(suggestion('musli', [composed])).toBe(` (did you mean "${composed}"?)`)
})
