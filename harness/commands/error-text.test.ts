import { expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import { describeError, sayTo } from './error-text.ts'

it('what an error quotes of others can neither move the cursor nor turn a line around', () => {
  const error = new BenchError('not-found', 'a run of "\u001b[31mred" must be there\nand \u202enoisrever', {
    lines: ['stored: a\u009b2J\tb', 'løp e\u0301 日本'],
    hint: 'look at \u001b]0;title\u0007',
  })
  expect(describeError(error, false)).toBe(
    [
      'error: a run of "\\u001b[31mred" must be there',
      'and \\u202enoisrever',
      '  stored: a\\u009b2J\tb',
      '  løp e\u0301 日本',
      'hint: look at \\u001b]0;title\\u0007',
      '',
    ].join('\n'),
  )
})

it('nor can a line of talk', () => {
  const said: string[] = []
  sayTo({ err: (text) => void said.push(text) })('image was built on \u001b[31mred\u202e')
  expect(said).toEqual(['image was built on \\u001b[31mred\\u202e\n'])
})
