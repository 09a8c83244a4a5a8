import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countRemaining, makeSchedule, type OpenArrivals, type Schedule } from './schedule.ts'

const phases = { warmupMs: 1000, measureMs: 8000, cooldownMs: 1000 }
const endNs = 10e9
const make = (arrivals: OpenArrivals, seed = 1, offset = 0) => makeSchedule(arrivals, { phases, seed, offset })

function all(schedule: Schedule): number[] {
  const times: number[] = []
  for (; schedule.due !== Infinity; schedule.next()) times.push(schedule.due)
  return times
}

const rate = fc.integer({ min: 1, max: 3000 })
const arrivals: fc.Arbitrary<OpenArrivals> = fc.oneof(
  rate.map((perSecond) => ({ kind: 'constant' as const, perSecond })),
  rate.map((perSecond) => ({ kind: 'poisson' as const, perSecond })),
  fc
    .tuple(rate, fc.integer({ min: 1, max: 500 }))
    .map(([perSecond, size]) => ({ kind: 'burst' as const, perSecond, size })),
  fc
    .tuple(rate, rate, fc.integer({ min: 1, max: 10 }))
    .map(([from, to, steps]) => ({ kind: 'staircase' as const, from, to, steps })),
)

test('due times of every kind never go back, are whole, and lie between start and end', () => {
  fc.assert(
    fc.property(arrivals, fc.double({ min: 0, max: 0.999, noNaN: true }), (which, offset) => {
      const times = all(make(which, 1, offset))
      for (const [i, time] of times.entries()) {
        if (!Number.isInteger(time) || time < (times[i - 1] ?? 0) || time >= endNs) expect.fail(`${i}: ${time}`)
      }
    }),
    { numRuns: 40 },
  )
})

test('messages at a constant rate are due at their number times the distance, so no error adds up', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 5000, noNaN: true }), (perSecond) => {
      const times = all(make({ kind: 'constant', perSecond }))
      expect(Math.abs(times.length - perSecond * 10)).toBeLessThanOrEqual(1)
      const last = times.length - 1
      expect(Math.abs(times[last]! - (last * 1e9) / perSecond)).toBeLessThanOrEqual(1)
    }),
    { numRuns: 40 },
  )
})

test('the offset moves a schedule by its share of one distance', () => {
  const times = all(make({ kind: 'constant', perSecond: 10 }, 1, 0.25))
  expect(times.slice(0, 3)).toEqual([25e6, 125e6, 225e6])
})

test('a burst brings its messages due at once and keeps the mean rate', () => {
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 300 }), (perSecond, size) => {
      const times = all(make({ kind: 'burst', perSecond, size }))
      // Groups of `size` equal times, each later than the one before.
      const torn = times.filter((time, i) => (i % size === 0) === (time === times[i - 1]))
      expect(torn).toEqual([])
      expect(Math.abs(times.length - perSecond * 10)).toBeLessThanOrEqual(size)
    }),
    { numRuns: 40 },
  )
})

test('poisson arrivals have exponential distances: mean and spread are equal, and a seed repeats them', () => {
  const which: OpenArrivals = { kind: 'poisson', perSecond: 2000 }
  const times = all(make(which, 7))
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  // 20,000 gaps: the standard error of both is under 1 %.
  expect(mean).toBeGreaterThan(500_000 * 0.97)
  expect(mean).toBeLessThan(500_000 * 1.03)
  expect(spread / mean).toBeGreaterThan(0.96)
  expect(spread / mean).toBeLessThan(1.04)
  expect(gaps.filter((gap) => gap > 500_000).length / gaps.length).toBeCloseTo(Math.exp(-1), 1)
  expect(all(make(which, 7))).toEqual(times)
  expect(all(make(which, 8))).not.toEqual(times)
})

test('a staircase warms up at its first rate, climbs in equal steps over the measured time, and ends at its last', () => {
  const times = all(make({ kind: 'staircase', from: 100, to: 400, steps: 4 }))
  const between = (from: number, to: number) => times.filter((time) => time >= from * 1e9 && time < to * 1e9).length
  const counts = [between(0, 1), between(1, 3), between(3, 5), between(5, 7), between(7, 9), between(9, 10)]
  for (const [i, expected] of [100, 200, 400, 600, 800, 400].entries()) {
    expect(Math.abs(counts[i]! - expected)).toBeLessThanOrEqual(2)
  }
})

test('what remains is counted exactly, and estimated from the rate when it is beyond ten million', () => {
  const schedule = make({ kind: 'constant', perSecond: 1000 })
  for (let i = 0; i < 2500; i++) schedule.next()
  expect(countRemaining(schedule, endNs)).toBe(7500)
  const huge = countRemaining(make({ kind: 'constant', perSecond: 1e8 }), endNs)
  expect(Math.abs(huge - 1e9)).toBeLessThan(1e4)
})
