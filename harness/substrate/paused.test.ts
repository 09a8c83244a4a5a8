import { expect, it } from 'vitest'
import { untilStopped } from './paused.ts'

it('waits for the last thread to be stopped, and takes the dead for stopped', async () => {
  const looks = [
    ['S', 'R'],
    ['T', 'R'],
    ['T', 'TJ', 'Z'],
  ]
  let looked = 0
  await untilStopped('node hub', () => Promise.resolve(looks[looked++] ?? ['R']))
  expect(looked).toBe(3)
})

it('is over at once where nothing runs', async () => {
  await untilStopped('node hub', () => Promise.resolve([]))
})
