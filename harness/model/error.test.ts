import { expect, test } from 'vitest'
import { asBenchError, BenchError, toldError } from './error.ts'

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

test('after Ctrl-C it is told that there was one, whatever it came to first; what is to be done stays', () => {
  const cut = new BenchError('interrupted', 'command `sh` was cut short, got an interrupt', { hint: 'h', lines: ['l'] })
  const told = AbortSignal.abort(new DOMException('interrupted by Ctrl-C', 'AbortError'))
  expect(toldError(cut, told)).toMatchObject({
    code: 'interrupted',
    message: 'interrupted by Ctrl-C',
    hint: 'h',
    lines: ['l'],
  })
  expect(toldError(new BenchError('os', 'm'), told).message).toBe('m')
  expect(toldError(cut, AbortSignal.abort())).toBe(cut)
})

test('what our own signal was aborted with is an interruption, no bug, also as the cause of the error of Node.js', () => {
  const reason = new DOMException('interrupted by Ctrl-C', 'AbortError')
  const made = Object.assign(new Error('The operation was aborted', { cause: reason }), { name: 'AbortError' })
  for (const thrown of [reason, made])
    expect(asBenchError(thrown)).toMatchObject({ code: 'interrupted', message: 'interrupted by Ctrl-C' })
  expect(asBenchError(new DOMException('no', 'AbortError')).code).toBe('bug')
})
