import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { planOf } from '../../fixtures/statistics/synthetic.ts'
import { testWorld } from '../testing/setup.ts'
import { patiently } from '../host/patience.ts'
import { onceEach, progress, silence } from './progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const plan = planOf({
  receivers: 1,
  blocks: 1,
  seconds: 5,
  perSecond: 1000,
  variants: ['default'],
  limits: [],
  edit: (line) => line,
})

test('what takes long is told of every ten seconds where no line can be redrawn, and nothing after it is done', async () => {
  const said: string[] = []
  const talk = progress({ ...testWorld(), err: (text) => void said.push(text) })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toEqual([]) // nothing has begun
  talk.observe({ kind: 'build', made: 0, of: 9 }, plan)
  await vi.advanceTimersByTimeAsync(9_000)
  talk.observe({ kind: 'build', made: 4, of: 9, node: 'hub' }, plan)
  await vi.advanceTimersByTimeAsync(13_000)
  const building = (made: number) => `made-up: building ${made}/9 nodes (memory)\n`
  expect(said).toEqual([building(0), building(4), building(4)])
  talk.observe({ kind: 'down', lent: false }, plan)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(said.slice(3)).toEqual(['made-up: taking down\n', 'made-up: taking down\n'])
  talk.clear()
  await vi.advanceTimersByTimeAsync(60_000)
  talk.close()
  expect(said).toHaveLength(5)
})

test('what is true of many scenarios is said once, but each wait for the same command is told of', async () => {
  const said: string[] = []
  const say = onceEach((line) => void said.push(line))
  say('warning: the setting bridge has no effect on process')
  say('warning: the setting bridge has no effect on process')
  for (const clone of [1, 2]) {
    // Nine clones of one golden jail on FreeBSD 15.1: only the first of them was heard of.
    const work = patiently(
      say,
      'bastille clone ng85c296e5',
      () => new Promise((done) => setTimeout(done, 25_000 * clone)),
    )
    await vi.advanceTimersByTimeAsync(25_000 * clone)
    await work
  }
  const clones = [10, 20, 10, 20, 30, 40].map((seconds) => `bastille clone ng85c296e5: ${seconds} s`)
  expect(said).toEqual(['warning: the setting bridge has no effect on process', ...clones])
})

test('what was asked for and is not done is said even where no progress is wanted', () => {
  const said: string[] = []
  const { say } = silence({ err: (text) => void said.push(text) })
  say('looking at local')
  say('warning: the setting bridge has no effect on process')
  expect(said).toEqual(['warning: the setting bridge has no effect on process\n'])
})
