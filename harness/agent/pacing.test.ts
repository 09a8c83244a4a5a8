import { expect, test } from 'vitest'
import { Clock } from './clock.ts'
import { mayWatch, Pacer } from './pacing.ts'

/** Waits for each due time in turn; gives back how late each wake-up was. */
function wakeUps(dues: readonly number[], clock: Clock, mayBlock: () => boolean, mayWatch = true): Promise<number[]> {
  const late: number[] = []
  return new Promise((resolve) => {
    const pacer = new Pacer(clock, { mayBlock, mayWatch }, () => {
      late.push(clock.now() - dues[late.length]!)
      if (late.length === dues.length) resolve(late)
      else pacer.wakeAt(dues[late.length]!)
    })
    pacer.wakeAt(dues[0]!)
  })
}

test.each([
  [true, true],
  [true, false],
  [false, true],
])(
  'it wakes once for each due time and never before it (sleeping allowed: %s, watching the clock: %s)',
  async (sleeps, watches) => {
    const dues = Array.from({ length: 60 }, (_, i) => i * (i % 7 === 0 ? 900_000 : 880_000))
    const late = await wakeUps(dues, new Clock(process.hrtime.bigint()), () => sleeps, watches)
    expect(late).toHaveLength(dues.length)
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  },
)

test('two in one process wake each at its own due times, with clocks of their own, also while the other waits for a far one', async () => {
  const origin = process.hrtime.bigint()
  const often = Array.from({ length: 200 }, (_, i) => 3_000_000 + i * 100_000)
  const [first, second] = await Promise.all([
    wakeUps(often, new Clock(origin), () => true),
    wakeUps([5_000_000, 80_000_000], new Clock(origin - 1_000_000n), () => true),
  ])
  expect([first.length, second.length]).toEqual([200, 2])
  expect(Math.min(...first, ...second)).toBeGreaterThanOrEqual(0)
})

test('one that awaits answers keeps the event loop turning for all', async () => {
  let answered = false
  const clock = new Clock(process.hrtime.bigint())
  // Neither may sleep until this has come.
  setTimeout(() => (answered = true), 1)
  await Promise.all([wakeUps([40_000_000], clock, () => answered), wakeUps([41_000_000], clock, () => true)])
  expect(answered).toBe(true)
})

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

test('a sender that is far behind still gives the event loop its turns', async () => {
  const clock = new Clock(process.hrtime.bigint())
  let turned = false
  setImmediate(() => setImmediate(() => (turned = true)))
  const waiting = { mayBlock: () => true, mayWatch: false }
  await new Promise<void>((resolve) => {
    const pacer = new Pacer(clock, waiting, () => {
      if (turned) resolve()
      else pacer.wakeAt(0)
    })
    pacer.wakeAt(0)
  })
  expect(turned).toBe(true)
})

test('a core is watched only while one is left to the others', () => {
  expect([mayWatch(1, 1), mayWatch(1, 2), mayWatch(2, 2), mayWatch(4, 2), mayWatch(4, 8)]).toEqual([
    false,
    true,
    false,
    false,
    true,
  ])
})
