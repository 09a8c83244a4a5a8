import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changePoints } from './change-points.ts'
import { equivalenceP } from './equivalence.ts'
import { holm } from './holm.ts'
import { median, medianInterval, rankInterval } from './order.ts'
import { labelShuffle } from './permutation.ts'
import { heavyTailed, normal, seeded } from './random.ts'
import { shift, signedRank } from './signed-rank.ts'
import { spent } from './spending.ts'
import { trend } from './trend.ts'

const number = fc.double({ min: -1, max: 1, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6)
const few = fc.array(number, { minLength: 3, maxLength: 12 })

describe('paired comparison', () => {
  it('mirrors: turning the signs swaps worse and better', () => {
    fc.assert(
      fc.property(few, (d) => {
        const minus = d.map((x) => -x)
        expect(signedRank(minus).above).toBeCloseTo(signedRank(d).below, 12)
        expect(shift(minus, 0.9)?.estimate).toBeCloseTo(-(shift(d, 0.9)?.estimate ?? 0), 12)
      }),
    )
  })

  it('moves with the data and does not care about their order', () => {
    fc.assert(
      fc.property(few, number, (d, by) => {
        const moved = shift(
          d.toReversed().map((x) => x + by),
          0.9,
        )
        const plain = shift(d, 0.9)
        expect(moved?.estimate).toBeCloseTo((plain?.estimate ?? 0) + by, 9)
        expect(moved?.interval?.[0] ?? 0).toBeCloseTo((plain?.interval?.[0] ?? -by) + by, 9)
      }),
    )
  })

  it('gives an interval that excludes zero exactly where the test of that level rejects', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 6, maxLength: 12 })
    const signs = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(sizes, signs, (whole, minus) => {
        const d = whole.map((size, i) => (minus[i] === true ? -size : size))
        const found = shift(d, 0.9)
        const interval = found?.interval ?? [0, 0]
        const level = (1 - (found?.confidence ?? 0)) / 2 + 1e-12
        expect(interval[0] > 0).toBe(signedRank(d).above <= level)
        expect(interval[1] < 0).toBe(signedRank(d).below <= level)
      }),
    )
  })

  it('keeps its level: under no difference a test at 5 % rejects at most that often', () => {
    const random = seeded(7)
    let rejected = 0
    const rounds = 4000
    for (let i = 0; i < rounds; i++) {
      const d = Array.from({ length: 9 }, () => heavyTailed(random, 3))
      if (signedRank(d).above <= 0.05) rejected++
    }
    expect(rejected / rounds).toBeLessThan(0.06)
    expect(rejected / rounds).toBeGreaterThan(0.03)
  })

  it('covers the true shift as often as it says', () => {
    const random = seeded(11)
    let covered = 0
    const rounds = 2000
    let confidence = 0
    for (let i = 0; i < rounds; i++) {
      const found = shift(
        Array.from({ length: 10 }, () => 0.3 + normal(random)),
        0.9,
      )
      confidence = found?.confidence ?? 0
      if ((found?.interval?.[0] ?? 1) <= 0.3 && 0.3 <= (found?.interval?.[1] ?? -1)) covered++
    }
    expect(Math.abs(covered / rounds - confidence)).toBeLessThan(0.025)
  })

  it('works for many pairs by approximation, close to the exact test', () => {
    const random = seeded(3)
    const d = Array.from({ length: 200 }, () => normal(random) + 0.1)
    const exact = signedRank(d).above
    const approximate = signedRank([...d, 1e-9]).above
    expect(Math.abs(Math.log(approximate / exact))).toBeLessThan(0.1)
  })

  it('has no opinion without differences', () => {
    expect(signedRank([0, 0, 0])).toEqual({ above: 1, below: 1 })
    expect(shift([], 0.9)).toBeUndefined()
    expect(equivalenceP([], 0.03)).toBe(1)
  })
})

describe('permutation', () => {
  it('agrees by Monte Carlo with its own enumeration, and repeats itself with the same seed', () => {
    const random = seeded(5)
    const d = Array.from({ length: 12 }, () => normal(random) + 0.4)
    const [a, b] = [d.slice(0, 6), d.slice(6)]
    const exact = labelShuffle(a, b)
    const shuffled = labelShuffle(a, b, { enumerate: 1, seed: 2 })
    expect([exact.exact, shuffled.exact]).toEqual([true, false])
    expect(labelShuffle(a, b, { enumerate: 1, seed: 2 })).toEqual(shuffled)
    expect(Math.abs(shuffled.above - exact.above)).toBeLessThan(0.015)
  })

  it('never gives a Monte Carlo p-value of zero', () => {
    const near = Array.from({ length: 40 }, (_, i) => i / 100)
    const far = near.map((value) => value + 10)
    expect(labelShuffle(near, far, { draws: 100 }).above).toBeGreaterThan(0)
  })
})

describe('many metrics and many looks', () => {
  it('Holm never says less than the p-value itself, nor more than Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 10 }), (p) => {
        holm(p).forEach((adjusted, i) => {
          expect(adjusted).toBeGreaterThanOrEqual((p[i] ?? 0) - 1e-12)
          expect(adjusted).toBeLessThanOrEqual(Math.min(1, (p[i] ?? 0) * p.length) + 1e-12)
        })
      }),
    )
  })

  it.each(['pocock', 'power'] as const)('%s looks together spend no more than the whole', (kind) => {
    const shares = [0, 6, 10, 15, 25, 40].map((pairs) => spent(kind, pairs / 40, 0.05))
    expect(shares.slice(1).every((share, i) => share > (shares[i] ?? 0))).toBe(true)
    expect(shares.at(-1)).toBeCloseTo(0.05, 12)
    expect(spent(kind, 0, 0.05)).toBe(0)
  })
})

describe('order statistics', () => {
  it('the median interval holds the median and tightens with more values', () => {
    fc.assert(
      fc.property(few, (values) => {
        const found = medianInterval(values)
        const middle = median(values) ?? 0
        expect(found?.interval[0]).toBeLessThanOrEqual(middle)
        expect(found?.interval[1]).toBeGreaterThanOrEqual(middle)
      }),
    )
    expect(medianInterval([1, 2])).toBeUndefined()
    expect(medianInterval([])).toBeUndefined()
  })

  it('rank intervals stay within the samples and hold the rank itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 1e9 }), fc.double({ min: 0.5, max: 0.9999, noNaN: true }), (n, q) => {
        const [low, high] = rankInterval(n, q)
        expect(low).toBeGreaterThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(Math.ceil(n * q))
        expect(high).toBeGreaterThanOrEqual(Math.min(n, Math.ceil(n * q)))
        expect(high).toBeLessThanOrEqual(n)
      }),
      { numRuns: 50 },
    )
  })
})

describe('series', () => {
  const noise = (n: number, level: number, seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: n }, () => level * (1 + 0.01 * normal(random)))
  }

  it('finds a step of 4 % at 1 % noise within two runs of where it is', () => {
    const found = changePoints([...noise(80, 100, 1), ...noise(80, 104, 2)])
    expect(found).toHaveLength(1)
    expect(Math.abs((found[0]?.index ?? 0) - 80)).toBeLessThanOrEqual(2)
    expect(found[0]?.after).toBeCloseTo(104, 0)
  })

  it('finds none in noise', () => {
    const found = Array.from({ length: 20 }, (_, seed) => changePoints(noise(200, 100, seed + 100)).length)
    expect(found.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(1)
  })

  it('tells two steps apart', () => {
    const series = [...noise(60, 100, 4), ...noise(60, 110, 5), ...noise(60, 90, 6)]
    expect(changePoints(series)).toHaveLength(2)
  })

  it('marks the change points of 5,000 runs in under a second', () => {
    const series = Array.from({ length: 25 }, (_, i) => noise(200, 100 + 5 * (i % 2), i)).flat()
    const start = performance.now()
    const found = changePoints(series)
    expect(performance.now() - start).toBeLessThan(1000)
    expect(found.length).toBeGreaterThanOrEqual(22)
    expect(found.length).toBeLessThanOrEqual(26)
  })

  it('has nothing to say about short or constant series', () => {
    expect(changePoints([])).toEqual([])
    expect(changePoints([1, 2, 3])).toEqual([])
    expect(changePoints(new Array<number>(100).fill(5))).toEqual([])
  })

  it('sees a climb and no climb where there is none', () => {
    expect(trend([1, 2, 3, 4, 5, 6, 7, 8])?.p).toBeLessThan(0.01)
    expect(trend([1, 1, 1, 1])).toEqual({ slope: 0, p: 1 })
    expect(trend([1, 2, 3])).toBeUndefined()
  })
})
