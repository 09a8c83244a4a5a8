import { describe, expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import type { Measurement } from '../model/report.ts'
import { summaries } from './measure.ts'
import { withRatios } from './variant-ratios.ts'

/** Blocks in turn, A B B A; `values` by variant, one a repeat. */
function ratios(values: Readonly<Record<string, readonly number[]>>, more: { readonly lagged?: true } = {}) {
  const variants = Object.keys(values)
  const repeats = values[variants[0] ?? '']?.map((_, repeat) => repeat) ?? []
  const blocks = repeats
    .flatMap((repeat) => (repeat % 2 === 0 ? variants : variants.toReversed()).map((variant) => ({ variant, repeat })))
    .map((block, index) => ({ ...block, index }))
  const plan = { variants: variants.map((name) => ({ name })), blocks } as unknown as Plan
  const row: Measurement = {
    workload: 'sub',
    metric: 'throughput',
    unit: 'msg/s',
    better: 'higher',
    values: blocks.map(({ variant, repeat, index }) => {
      const value = values[variant]?.[repeat]
      return { variant, block: index, ...more, ...(value === undefined ? {} : { value }) }
    }),
  }
  return withRatios(summaries([row], variants), [row], plan).map(({ ratio }) => ratio)
}

describe('a ratio between variants of one run', () => {
  it('is of paired blocks: what the machine did in a repeat meets both', () => {
    const [none, ratio] = ratios({ a: [100, 200, 400, 100, 300], b: [110, 220, 440, 110, 330] })
    expect(none).toBeUndefined()
    expect(ratio).toMatchObject({ over: 'a', value: expect.closeTo(1.1, 9) as number })
    expect(ratio?.interval?.map((end) => end.toFixed(6))).toEqual(['1.100000', '1.100000'])
  })

  it('says which confidence so few blocks reach, and has no interval with two', () => {
    expect(ratios({ a: [1, 1, 1], b: [2, 3, 4] })[1]).toMatchObject({ interval: [2, 4], confidence: 0.75 })
    expect(ratios({ a: [1, 1], b: [2, 3] })[1]).not.toHaveProperty('interval')
  })

  it('leaves out a repeat that has no value on one side', () => {
    expect(ratios({ a: [1, 1, 1], b: [2, Number.NaN, 2] })[1]?.value).toBeCloseTo(2, 9)
  })

  it('is not told of zeros, nor of numbers that are the generator’s own lag', () => {
    expect(ratios({ a: [0, 0, 0], b: [1, 1, 1] })[1]).toBeUndefined()
    expect(ratios({ a: [1, 1, 1], b: [2, 2, 2] }, { lagged: true })[1]).toBeUndefined()
  })
})
