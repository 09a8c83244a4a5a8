import { expect, test } from 'vitest'
import { statusOf } from './keeper.ts'

test.for([
  [{ status: 3 }, 3],
  [{ signal: 'SIGKILL' }, 137],
  [{ signal: 'SIGTERM' }, 143],
  [{}, 128],
] as const)('a program that ended as %o has status %i', ([exit, status]) => {
  expect(statusOf(exit)).toBe(status)
})
