import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../agent/histogram.ts'
import { Merge } from './merge.ts'

function histogramOf(values: readonly number[]): ReturnType<Histogram['data']> {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram.data()
}

const latencies = fc.array(fc.integer({ min: 0, max: 60e9 }), { minLength: 1, maxLength: 200 })

describe('Merge', () => {
  it('gives the same whatever the order and grouping of what is added', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        const one = new Merge()
        one.add(histogramOf([...a, ...b]))
        const two = new Merge()
        two.add(histogramOf(b))
        two.add(histogramOf(a))
        expect(two.data()).toEqual(one.data())
      }),
    )
  })

  it('finds ranks within one bucket of the sorted values', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const merge = new Merge()
        merge.add(histogramOf(values))
        const exact = values.toSorted((a, b) => a - b)
        const ranks = exact.map((_, i) => i + 1)
        merge.atRanks(ranks).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(exact[i] ?? 0)
          expect(value).toBeLessThanOrEqual((exact[i] ?? 0) * 1.001 + 1)
        })
      }),
    )
  })

  it('tells a quantile only with 10 samples beyond it', () => {
    const merge = new Merge()
    merge.add(histogramOf(Array.from({ length: 999 }, (_, i) => i)))
    expect(merge.quantile(0.99)).toBeUndefined()
    merge.add(histogramOf([999]))
    expect(merge.quantile(0.99)?.value).toBe(989)
  })

  it('is empty again after clear', () => {
    const merge = new Merge()
    merge.add(histogramOf([1, 2, 3_000_000]))
    merge.clear()
    expect(merge.data()).toMatchObject({ total: 0, buckets: [] })
    merge.add(histogramOf([5]))
    expect(merge.data()).toEqual(histogramOf([5]))
  })

  it.each([[[-1, 1]], [[1e9, 1]], [[0.5, 1]], [[1, -1]]])('refuses the bucket %j', (buckets) => {
    expect(() => new Merge().add({ significantBits: 11, min: 0, max: 1, total: 1, buckets })).toThrow(
      'buckets of histogram',
    )
  })

  it.each([
    [{ total: 0 }, 'got total 0 and buckets that hold 3'],
    [{ total: 2 }, 'got total 2 and buckets that hold 3'],
    [{ min: 4000 }, 'got min 4000 and 5000 to 5003 as lowest bucket'],
    [{ min: 9001, max: 9000 }, 'got min 9001 and 5000 to 5003 as lowest bucket'],
    [{ max: 1e9 }, 'got max 1000000000 and 9000 to 9007 as highest bucket'],
  ])('refuses %j where its buckets hold something else', (change, words) => {
    const told = { ...histogramOf([5000, 5001, 9000]), ...change }
    expect(() => new Merge().add(told)).toThrow(`histogram must say what its buckets hold, ${words}`)
  })

  it('takes what is beyond the last bucket there is', () => {
    const merge = new Merge()
    merge.add(histogramOf([2 ** 50]))
    expect(merge.data()).toMatchObject({ total: 1, max: 2 ** 50 })
  })

  it('refuses to add histograms of different precision', () => {
    const merge = new Merge()
    merge.add(histogramOf([1]))
    expect(() => merge.add({ significantBits: 7, min: 1, max: 1, total: 1, buckets: [1, 1] })).toThrow(
      'significantBits',
    )
  })
})
