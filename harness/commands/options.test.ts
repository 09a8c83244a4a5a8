import { expect, it } from 'vitest'
import { duration } from './options.ts'

it('a duration that is too short for what it measures is refused with the least one', () => {
  const measure = duration('--measure', 100)
  expect(measure('1.5s')).toBe(1500)
  expect(() => measure('0s')).toThrow('--measure must be a duration such as 5s of at least 100ms, got "0s"')
  expect(() => measure('soon')).toThrow('got "soon"')
  expect(duration('--warmup')('0s')).toBe(0)
})
