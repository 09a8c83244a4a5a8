import { expect, test } from 'vitest'
import { BenchError } from '../model/error.ts'
import { wordsOf } from './words.ts'

const options = { rounds: { type: 'string' }, json: { type: 'boolean' } } as const

test('words that are known are read', () => {
  expect(wordsOf({ options, args: ['--rounds', '3', '--json'] }).values).toEqual({ rounds: '3', json: true })
})

test.for([
  [['publish'], /Unexpected argument 'publish'/],
  [['--only', 'publish'], /Unknown option '--only'/],
  [['--rounds'], /'--rounds <value>' argument missing/],
] as const)('%j is a mistake of the user, who is told the words there are', ([args, got]) => {
  const parse = () => wordsOf({ options, args: [...args] })
  expect(parse).toThrow(BenchError)
  expect(parse).toThrow(/^words must be --rounds, --json, got /)
  expect(parse).toThrow(got)
  expect(parse).toThrow(expect.objectContaining({ exitStatus: 64 }))
})
