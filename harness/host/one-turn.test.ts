import { expect, it, vi } from 'vitest'
import { oneTurn } from './one-turn.ts'

it('asks once for all questions of a turn, and anew for those of the next', async () => {
  const ask = vi.fn((questions: readonly number[]) => Promise.resolve(questions.reduce((sum, each) => sum + each, 0)))
  const question = oneTurn(ask)
  expect(await Promise.all([question(1), question(2), question(4)])).toEqual([7, 7, 7])
  expect(await question(8)).toBe(8)
  expect(ask.mock.calls).toEqual([[[1, 2, 4]], [[8]]])
})

it('gives its error to each that asked, and asks again afterwards', async () => {
  let turn = 0
  const question = oneTurn((questions: readonly string[]) =>
    turn++ === 0 ? Promise.reject(new Error('gone')) : Promise.resolve(questions.join()),
  )
  const failed = await Promise.allSettled([question('a'), question('b')])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await question('c')).toBe('c')
})
