/** Against SciPy, NumPy and statsmodels; how the values were made: fixtures/statistics/make-reference.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { binomialCdf, binomialQuantile, incompleteBeta, logGamma, normalCdf, normalQuantile } from './distribution.ts'
import { studentP } from './change-points.ts'
import { equivalenceP } from './equivalence.ts'
import { holm } from './holm.ts'
import { medianInterval } from './order.ts'
import { shift, signedRank } from './signed-rank.ts'
import { spent } from './spending.ts'
import { trend } from './trend.ts'
import { mannWhitney, twoSampleShift } from './two-sample.ts'

interface ShiftReference {
  readonly estimate: number
  readonly interval?: readonly [number, number]
  readonly confidence?: number
}
interface Sided {
  readonly above: number
  readonly below: number
}
interface Reference {
  readonly distribution: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly medianInterval: readonly (readonly [number, number, number])[]
  readonly paired: readonly (Sided & {
    readonly differences: readonly number[]
    readonly shift90: ShiftReference
    readonly shift95: ShiftReference
  })[]
  readonly tied: readonly (Sided & { readonly differences: readonly number[] })[]
  readonly unpaired: readonly (Sided & {
    readonly a: readonly number[]
    readonly b: readonly number[]
    readonly estimate: number
    readonly mannWhitney: readonly number[]
  })[]
  readonly holm: { readonly p: readonly number[]; readonly adjusted: readonly number[] }
  readonly student: { readonly a: readonly number[]; readonly b: readonly number[]; readonly p: number }
  readonly trend: { readonly values: readonly number[]; readonly slope: number; readonly p: number }
  readonly spending: {
    readonly alpha: number
    readonly share: readonly number[]
    readonly pocock: readonly number[]
    readonly 'obrien-fleming': readonly number[]
  }
  readonly tost: { readonly differences: readonly number[]; readonly margin: number; readonly p: number }
}

const path = new URL('../../fixtures/statistics/reference.json', import.meta.url)
const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference

function near(seen: number, wanted: number, relative = 1e-10): void {
  expect(Math.abs(seen - wanted), `${seen} against ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted) + 1e-300)
}

function closeShift(seen: ReturnType<typeof shift>, wanted: ShiftReference): void {
  expect(seen?.estimate).toBeCloseTo(wanted.estimate, 12)
  expect(seen?.confidence === undefined).toBe(wanted.confidence === undefined)
  expect(seen?.confidence ?? 0).toBeCloseTo(wanted.confidence ?? 0, 12)
  expect(seen?.interval?.[0] ?? 0).toBeCloseTo(wanted.interval?.[0] ?? 0, 12)
  expect(seen?.interval?.[1] ?? 0).toBeCloseTo(wanted.interval?.[1] ?? 0, 12)
}

describe('distribution functions agree with SciPy', () => {
  const functions: Readonly<Record<string, (...x: number[]) => number>> = {
    logGamma: (x = 0) => logGamma(x),
    incompleteBeta: (x = 0, a = 0, b = 0) => incompleteBeta(x, a, b),
    binomialCdf: (k = 0, n = 0, p = 0) => binomialCdf(k, n, p),
    binomialQuantile: (c = 0, n = 0, p = 0) => binomialQuantile(c, n, p),
    normalCdf: (z = 0) => normalCdf(z),
    normalQuantile: (p = 0) => normalQuantile(p),
  }
  it.each(Object.entries(functions))('%s', (name, ours) => {
    const rows = reference.distribution[name] ?? []
    expect(rows.length).toBeGreaterThan(4)
    for (const row of rows) {
      const wanted = row.at(-1) ?? Number.NaN
      // ln Γ of millions is itself only good to a few 1e-16 of a huge number, so differences of three lose digits.
      if (Math.abs(wanted) < 1e-12) expect(Math.abs(ours(...row.slice(0, -1)) - wanted)).toBeLessThan(1e-14)
      else near(ours(...row.slice(0, -1)), wanted, 1e-7)
    }
  })
})

describe('intervals and tests agree with independent implementations', () => {
  it('the median interval takes the ranks that the binomial allows', () => {
    for (const [n, rank, confidence] of reference.medianInterval) {
      const found = medianInterval(Array.from({ length: n }, (_, i) => i + 1))
      expect(found?.interval).toEqual([rank, n + 1 - rank])
      near(found?.confidence ?? 0, confidence)
    }
  })

  it('the signed-rank test', () => {
    for (const { differences, above, below } of [...reference.paired, ...reference.tied]) {
      near(signedRank(differences).above, above)
      near(signedRank(differences).below, below)
    }
  })

  it('the Hodges–Lehmann shift and its interval from Walsh averages', () => {
    for (const { differences, shift90, shift95 } of reference.paired) {
      closeShift(shift(differences, 0.9), shift90)
      closeShift(shift(differences, 0.95), shift95)
    }
  })

  it('the two-sample shift, permutation test and Mann–Whitney distribution', () => {
    for (const { a, b, estimate, above, below, mannWhitney: chances } of reference.unpaired) {
      const found = twoSampleShift(a, b, 0.9)
      expect(found?.estimate).toBeCloseTo(estimate, 12)
      near(found?.permutation.above ?? 0, above)
      near(found?.permutation.below ?? 0, below)
      mannWhitney(a.length, b.length).forEach((chance, u) => near(chance, chances[u] ?? 0))
    }
  })

  it('Holm, Student, Mann–Kendall, Theil–Sen, spending and two one-sided tests', () => {
    holm(reference.holm.p).forEach((p, i) => near(p, reference.holm.adjusted[i] ?? 0))
    near(studentP(reference.student.a, reference.student.b), reference.student.p, 1e-9)
    const seen = trend(reference.trend.values)
    near(seen?.slope ?? 0, reference.trend.slope, 1e-9)
    near(seen?.p ?? 0, reference.trend.p, 1e-9)
    const { alpha, share, pocock } = reference.spending
    share.forEach((t, i) => near(spent('pocock', t, alpha), pocock[i] ?? 0, 1e-9))
    near(equivalenceP(reference.tost.differences, reference.tost.margin), reference.tost.p)
  })
})
