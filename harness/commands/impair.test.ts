import { expect, it } from 'vitest'
import { refusal } from './impair.ts'

const nodes = ['hub', 'send']

it.each([
  [{ delay: 'x' }, '--delay must be a duration such as "500ms", "2s" or "1m", got "x"'],
  [{ loss: '5' }, '--loss must be a share from 0 to 1, got "5"'],
  [{ loss: 'much' }, '--loss must be a share from 0 to 1, got "much"'],
  [{}, 'the impairment must say at least one of delay, jitter, loss, rate, reorder'],
])('%j is said to be wrong once, with what was given', (words, message) => {
  expect(refusal(words, 'hub', nodes)).toMatchObject({ code: 'usage', message, lines: [] })
})

it('several things are told together, the node that is none among them', () => {
  expect(refusal({ delay: 'x' }, 'nope', nodes)).toMatchObject({
    message: 'what impair is given must be right, got 2 problems',
    lines: [
      'node must be one of hub, send, got "nope"',
      '--delay must be a duration such as "500ms", "2s" or "1m", got "x"',
    ],
  })
})

it('where nothing is up, no node is known to be none', () => {
  expect(refusal({ rate: '1' }, 'nope', undefined).message).toBe('--rate must be a rate such as "10mbit", got "1"')
})
