import { expect, it } from 'vitest'
import { errorHint } from './server-errors.ts'

it('what to do is found by the code in the words of the server', () => {
  expect(
    errorHint('server must do STREAM.CREATE.orders, got error 10047: insufficient storage resources available'),
  ).toContain('maxBytes')
  expect(errorHint('10077 maximum messages exceeded')).toContain('discard')
  expect(errorHint('10299 something new')).toBeUndefined()
  expect(errorHint('connection refused')).toBeUndefined()
})
