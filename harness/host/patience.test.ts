import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { patiently } from './patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what takes long is told of every ten seconds, with what can be seen of it, and never after its end', async () => {
  const said: string[] = []
  const work = Promise.withResolvers<string>()
  let megabytes = 0
  const seen = () => Promise.resolve(`${(megabytes += 50)} MB`)
  const answer = patiently(
    (line) => said.push(line),
    'installing',
    () => work.promise,
    seen,
  )
  await vi.advanceTimersByTimeAsync(9_999)
  expect(said).toEqual([])
  await vi.advanceTimersByTimeAsync(15_000)
  expect(said).toEqual(['installing: 10 s, 50 MB', 'installing: 20 s, 100 MB'])
  work.resolve('done')
  expect(await answer).toBe('done')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toHaveLength(2)
})

test('a look that fails costs a line its figure only, and the error of the work is the error', async () => {
  const said: string[] = []
  const work = Promise.withResolvers<never>()
  const failing = patiently(
    (line) => said.push(line),
    'waiting',
    () => work.promise,
    () => Promise.reject(new Error('no du')),
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(said).toEqual(['waiting: 10 s'])
  work.reject(new Error('broken'))
  await expect(failing).rejects.toThrow('broken')
})

test('work that talks itself is told of only after ten seconds without a word, and never after its end', async () => {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const work = Promise.withResolvers<string>()
  let talk = (_line: string): void => undefined
  const answer = patiently(say, 'sweeping', (own) => {
    talk = own
    return work.promise
  })
  await vi.advanceTimersByTimeAsync(8_000)
  talk('one jail is gone')
  await vi.advanceTimersByTimeAsync(9_999)
  expect(said).toEqual(['one jail is gone'])
  await vi.advanceTimersByTimeAsync(10_001)
  expect(said.slice(1)).toEqual(['sweeping: 18 s', 'sweeping: 28 s'])
  work.resolve('done')
  expect(await answer).toBe('done')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toHaveLength(3)
})
