import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../agent/histogram.ts'
import { percentileCurve } from './curve.ts'
import { Merge } from './merge.ts'

function histogramOf(values: readonly number[]) {
  const histogram = new Histogram()
  values.forEach((value) => histogram.record(value))
  return histogram.data()
}

describe('percentileCurve', () => {
  it('says at every point what the quantile of the merged histogram says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 40, maxLength: 400 }), (values) => {
        const data = histogramOf(values)
        const merge = new Merge()
        merge.add(data)
        for (const { nines, value, interval } of percentileCurve(data, 8)) {
          const found = merge.quantile(1 - 10 ** -nines)
          if (found === undefined) continue
          expect({ value, interval }).toEqual(found)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('rises, stays within its interval, and ends where ten samples lie beyond', () => {
    const curve = percentileCurve(histogramOf(Array.from({ length: 10_000 }, (_, i) => i * i + 1)), 50)
    expect(curve.at(-1)?.nines).toBeCloseTo(3, 9)
    for (const [i, { value, interval }] of curve.entries()) {
      expect(value).toBeGreaterThanOrEqual(curve[i - 1]?.value ?? 0)
      expect(interval[0]).toBeLessThanOrEqual(value)
      expect(interval[1]).toBeGreaterThanOrEqual(value)
    }
  })

  it('is empty where hardly any point could be told', () => {
    expect(percentileCurve(histogramOf([1, 2, 3]), 50)).toEqual([])
  })
})
