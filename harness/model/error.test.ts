import { expect, test } from 'vitest'
import { asBenchError } from './error.ts'

test('a package that is not installed is no bug', () => {
  const missing = asBenchError(new Error("Cannot find package 'echarts' imported from /clone/harness/report/draw.ts"))
  expect(missing).toMatchObject({
    code: 'unavailable',
    message: 'package echarts must be installed, it was not found',
    hint: 'pnpm install --frozen-lockfile',
  })
})

test('anything else that is thrown is one, with the place', () => {
  const bug = asBenchError(new TypeError('x is not a function'))
  expect(bug).toMatchObject({ code: 'bug', message: 'unexpected TypeError: x is not a function' })
  expect(bug.lines[0]).toContain('error.test.ts')
})
