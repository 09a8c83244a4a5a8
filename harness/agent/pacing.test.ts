import { expect, test } from 'vitest'
import { Clock } from './clock.ts'
import { Pacer } from './pacing.ts'

/** Waits for each due time in turn; gives back how late each wake-up was. */
function wakeUps(dues: readonly number[], clock: Clock, mayBlock: () => boolean): Promise<number[]> {
  const late: number[] = []
  return new Promise((resolve) => {
    const pacer = new Pacer(clock, mayBlock, () => {
      late.push(clock.now() - dues[late.length]!)
      if (late.length === dues.length) resolve(late)
      else pacer.wakeAt(dues[late.length]!)
    })
    pacer.wakeAt(dues[0]!)
  })
}

test.each([true, false])(
  'it wakes once for each due time and never before it (sleeping allowed: %s)',
  async (sleeps) => {
    const dues = Array.from({ length: 60 }, (_, i) => i * (i % 7 === 0 ? 900_000 : 880_000))
    const late = await wakeUps(dues, new Clock(process.hrtime.bigint()), () => sleeps)
    expect(late).toHaveLength(dues.length)
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  },
)

test('the event loop goes on turning while sleeping is not allowed', async () => {
  let turns = 0
  let over = false
  const turn = (): void => {
    turns++
    if (!over) setImmediate(turn)
  }
  turn()
  await wakeUps([50_000_000], new Clock(process.hrtime.bigint()), () => false)
  over = true
  expect(turns).toBeGreaterThan(3)
})

test('a due time far away leaves the event loop to its timers', async () => {
  let fired = false
  setTimeout(() => {
    fired = true
  }, 3)
  await wakeUps([300_000_000], new Clock(process.hrtime.bigint()), () => true)
  expect(fired).toBe(true)
})
