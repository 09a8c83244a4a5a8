import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keptOf,
  nextAttempt,
  rungBelow,
  rungFor,
  settledAfter,
  usedShare,
  type Attempt,
  type Machine,
  windowFor,
} from './rung.ts'

const machine = (sender: number, server: number, proven = true): Machine => ({
  sender: { perSecond: sender, proven },
  server: { perSecond: server, proven },
})

/** A machine that keeps every rate up to `capacity`. */
function search(capacity: number, top: number): readonly Attempt[] {
  const attempts: Attempt[] = []
  for (let next = nextAttempt(attempts, top); next !== undefined; next = nextAttempt(attempts, top)) {
    const reached = Math.min(next, capacity)
    attempts.push({ perSecond: next, reached, ...(next <= capacity ? {} : { broken: 'fell behind' }) })
  }
  return attempts
}

describe('the ladder', () => {
  it('has 1, 2 and 5 of every decade', () => {
    expect([1, 1.99, 2, 4.99, 5, 9.99, 10, 999, 1000, 20_000, 49_999].map(rungBelow)).toEqual([
      1, 1, 2, 2, 5, 5, 10, 500, 1000, 20_000, 20_000,
    ])
  })

  it('has no rung above a rate, and the rung of a rung is itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ min: 0.01, max: 1e8, noNaN: true }), fc.constant(1e8 - 1e-7)), (rate) => {
        const rung = rungBelow(rate)
        expect(rung).toBeLessThanOrEqual(rate)
        expect(rung * 2.5).toBeGreaterThan(rate * 0.999)
        expect(rungBelow(rung)).toBeCloseTo(rung, 9)
      }),
    )
  })
})

describe('looking for what a machine keeps', () => {
  it('asks once where the top is kept', () => {
    expect(search(100_000, 40_000)).toHaveLength(1)
  })

  it('finds the highest rung that is kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 39_999 }), (capacity) => {
        const attempts = search(capacity, 40_000)
        const { perSecond, proven } = keptOf(attempts, 40_000)
        expect(proven).toBe(true)
        expect(perSecond).toBeLessThanOrEqual(capacity)
        expect(perSecond).toBe(rungBelow(capacity))
        expect(attempts.length).toBeLessThanOrEqual(9)
      }),
    )
  })

  it('assumes less than the last rate where time ran out after a near miss', () => {
    const missed = [
      { perSecond: 1000, reached: 665, broken: 'fell behind' },
      { perSecond: 500, reached: 475, broken: 'fell behind' },
    ]
    expect(keptOf(missed, 20_000)).toEqual({ perSecond: 200, proven: false })
    expect(keptOf(missed.slice(0, 1), 20_000)).toEqual({ perSecond: 500, proven: false })
  })

  it('tries a near miss again before it goes down', () => {
    const miss = { perSecond: 40_000, reached: 39_000, broken: 'fell behind' }
    expect(nextAttempt([miss], 40_000)).toBe(40_000)
    expect(nextAttempt([miss, miss], 40_000)).toBe(20_000)
    expect(nextAttempt([{ ...miss, reached: 9000 }], 40_000)).toBe(5000)
    expect(nextAttempt([{ ...miss, reached: 0 }], 40_000)).toBe(2000)
  })
})

describe('the rung of a scenario', () => {
  it('is its own rate where a share of what the machine keeps is enough', () => {
    expect(rungFor(20_000, { sender: 20_000, server: 40_000 }, machine(40_000, 100_000))).toBeUndefined()
  })

  it('is set by the narrower of sender and server, and says which', () => {
    const bySender = rungFor(20_000, { sender: 20_000, server: 40_000 }, machine(20_000, 100_000))
    expect(bySender).toEqual({
      perSecond: 10_000,
      because: `this machine keeps 20,000 msg/s from one sender, and at most ${usedShare * 100} % of that is asked for`,
    })
    const byServer = rungFor(8000, { sender: 2000, server: 40_000 }, machine(40_000, 25_000))
    expect(byServer?.perSecond).toBe(2000)
    expect(byServer?.because).toContain('25,000 msg/s in and out of a server')
  })

  it('says so where no rate was kept', () => {
    const found = rungFor(10_000, { sender: 10_000, server: 20_000 }, machine(500, 1000, false))
    expect(found?.perSecond).toBe(200)
    expect(found?.because).toContain('keeps none of the rates tried')
  })
})

describe('the window of a scenario', () => {
  it.each([
    [1000, 4, undefined, 'a look on this machine'],
    [1000, 100, undefined, 'a look over ssh on a board'],
    [1000, 320, 4000, 'a look on an emulated board'],
    [5000, 320, undefined, 'long as it is written'],
    [1000, 9000, 20_000, 'never longer than 20 s'],
  ])('of %d ms where a look takes %d ms is %j: %s', (own, look, expected, what) => {
    expect(windowFor(own, look), what).toBe(expected)
  })
})

describe('when a load settled', () => {
  it.each([
    ['on an emulated FreeBSD', [172, 570, 393, 22, 16, 25, 26, 26], 3],
    ['after a first second of few messages', [86, 1126, 1034, 266, 35, 71, 40, 44, 37], 4],
    ['at once, with pauses later', [9, 8, 9, 259, 8, 8, 40, 8], 0],
    ['late', [300, 300, 300, 300, 300, 20, 20, 20, 20], 5],
    ['never, for a queue grew', [125, 972, 4857, 4886, 5200], 0],
    ['of nothing', [], 0],
  ])('%s', (_, medians, seconds) => {
    expect(settledAfter(medians.map((value, i) => [i + 1, value] as const))).toBe(seconds)
  })
})
