import { expect, test } from 'vitest'
import { byNumber, count } from './count.ts'

test('one of a thing is no plural, none and more are', () => {
  expect([0, 1, 2].map((n) => count(n, 'block'))).toEqual(['0 blocks', '1 block', '2 blocks'])
  expect(count(1200, 'message', '1,200')).toBe('1,200 messages')
  expect([0, 1, 2].map((n) => byNumber(n, 'was', 'were'))).toEqual(['were', 'was', 'were'])
})
