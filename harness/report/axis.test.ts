import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromZero, logAxis, percentileAxis } from './axis.ts'

const text = (value: number): string => String(value)

describe('axes', () => {
  it('from zero hold the value below their end, with ticks at both ends', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (most) => {
        const { min, max, ticks } = fromZero(most, text)
        expect(min).toBe(0)
        expect(max).toBeGreaterThan(most)
        expect(ticks.at(-1)?.at).toBeCloseTo(max, 6)
        expect(ticks.length).toBeLessThanOrEqual(7)
      }),
    )
  })

  it('by logarithm have two to twelve ticks within their ends, whatever the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (low, by) => {
          const { min, max, ticks } = logAxis(low, low * by, text)
          expect(ticks.length).toBeGreaterThanOrEqual(2)
          expect(ticks.length).toBeLessThanOrEqual(12)
          for (const { at } of ticks) expect(at >= min - 1e-9 && at <= max + 1e-9).toBe(true)
        },
      ),
    )
  })

  it('of percentiles give each further nine the same room', () => {
    expect(percentileAxis(4).ticks.map((t) => t.text)).toEqual(['p0', 'p50', 'p90', 'p99', 'p99.9', 'p99.99'])
    expect(percentileAxis(2).ticks.map((t) => t.at)).toEqual([0, Math.log10(2), 1, 2])
  })
})
