import { expect, test } from 'vitest'
import { pidOf } from './kill.ts'

test('only one process can be named by its pid, never our group or everyone', () => {
  expect(pidOf('4711\n')).toBe(4711)
  for (const text of ['', '\n', '0', '1', '-1', 'NaN', '12 13']) expect(() => pidOf(text)).toThrow('pid must be')
})
