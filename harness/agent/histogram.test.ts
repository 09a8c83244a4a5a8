import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import { bucketHigh, bucketIndex, bucketLow, Histogram, significantBits } from './histogram.ts'

const hourNs = 3600e9
const value = fc.oneof(
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: 2 ** 31 + 5 }),
  fc.double({ min: 0, max: 2 * hourNs, noNaN: true }).map(Math.floor),
)
const values = fc.array(value, { minLength: 1, maxLength: 200 })

function filled(from: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const v of from) histogram.record(v)
  return histogram
}

test('every value lies within its bucket, and a bucket is at most 0.1 % wide', () => {
  fc.assert(
    fc.property(value, (v) => {
      const index = bucketIndex(v, significantBits)
      const low = bucketLow(index, significantBits)
      const high = bucketHigh(index, significantBits)
      expect(low).toBeLessThanOrEqual(v)
      expect(high).toBeGreaterThanOrEqual(v)
      expect(high - low).toBeLessThanOrEqual(low / 1000)
    }),
  )
})

test('buckets follow each other without gap or overlap', () => {
  const wrong: number[] = []
  for (let index = 0; index < 38_000; index++) {
    const follows = bucketLow(index + 1, significantBits) === bucketHigh(index, significantBits) + 1
    if (!follows || bucketIndex(bucketLow(index, significantBits), significantBits) !== index) wrong.push(index)
  }
  expect(wrong).toEqual([])
})

test('recording puts a value into the bucket that bucketIndex names, on every path', () => {
  fc.assert(
    fc.property(value, (v) => {
      expect(filled([v]).data().buckets).toEqual([bucketIndex(v, significantBits), 1])
    }),
  )
})

test('a quantile is the value of that rank in the sorted array, at most 0.1 % above it', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
      const sorted = [...list].sort((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
      const got = filled(list).quantile(q)
      expect(got).toBeGreaterThanOrEqual(exact)
      expect(got).toBeLessThanOrEqual(Math.max(exact + exact / 1000, exact))
    }),
  )
})

test('quantiles agree with hdr-histogram-js to three digits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1),
      (list, q) => {
        const oracle = build({
          lowestDiscernibleValue: 1,
          highestTrackableValue: 2 ** 42,
          numberOfSignificantValueDigits: 4,
        })
        for (const v of list) oracle.recordValue(v)
        const expected = oracle.getValueAtPercentile(q * 100)
        const got = filled(list).quantile(q)
        expect(Math.abs(got - expected)).toBeLessThanOrEqual(1 + expected * 0.0011)
      },
    ),
    { numRuns: 60 },
  )
})

test('adding the data of parts gives the data of the whole', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      const merged = new Histogram()
      merged.add(filled(one).data())
      merged.add(filled(other).data())
      expect(merged.data()).toEqual(filled([...one, ...other]).data())
    }),
  )
})

test('gaps say the same as buckets', () => {
  fc.assert(
    fc.property(values, (list) => {
      const coded = filled(list).gaps()
      const merged = new Histogram()
      merged.add(coded)
      expect(merged.data()).toEqual(filled(list).data())
    }),
  )
})

test('minimum and maximum are exact, and after a reset nothing is left', () => {
  fc.assert(
    fc.property(values, (list) => {
      const histogram = filled(list)
      expect([histogram.min, histogram.max, histogram.total]).toEqual([
        Math.min(...list),
        Math.max(...list),
        list.length,
      ])
      histogram.reset()
      expect(histogram.data()).toEqual({ significantBits, min: 0, max: 0, total: 0, buckets: [] })
      histogram.record(7)
      expect(histogram.data()).toEqual({ significantBits, min: 7, max: 7, total: 1, buckets: [7, 1] })
    }),
  )
})

test('values beyond its reach count in the last bucket and keep the exact maximum', () => {
  const histogram = filled([1, 2 ** 50])
  expect(histogram.max).toBe(2 ** 50)
  expect(histogram.total).toBe(2)
  expect(histogram.quantile(1)).toBe(2 ** 50)
})

test('data of another precision, or with a bucket that cannot be, is refused', () => {
  const histogram = new Histogram()
  const data = { significantBits, min: 1, max: 1, total: 1, buckets: [1, 1] }
  expect(() => histogram.add({ ...data, significantBits: 12 })).toThrow('must have 11 significant bits')
  expect(() => histogram.add({ ...data, buckets: [1e9, 1] })).toThrow('bucket must be below')
})
