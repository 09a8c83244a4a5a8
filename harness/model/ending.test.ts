import { expect, it } from 'vitest'
import { endedText } from './ending.ts'

it.each([
  ['interrupted', 'interrupted by Ctrl-C', 'Interrupted by Ctrl-C'],
  ['interrupted', 'the run was interrupted', 'Interrupted'],
  ['interrupted', 'the recording stops without an end', 'Interrupted: the recording stops without an end'],
  ['failed', 'the server ended', 'Failed: the server ended'],
  ['failed', undefined, 'Failed: no reason is recorded'],
])('a run that %s because %s', (state, because, text) => {
  expect(endedText(state, because)).toBe(text)
})
