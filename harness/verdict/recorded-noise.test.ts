import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { heavyTailed, seeded } from '../stats/random.ts'
import { calibrate } from './simulate.ts'
import { recordedNoise } from './recorded-noise.ts'

/** A report whose blocks alternate between the variants; every value is multiplied by `levels(block)`. */
function aa(repeats: number, levels: (block: number) => number, variants: readonly string[] = ['a', 'b']) {
  const report = sampleReport({ repeats, variants: Object.fromEntries(variants.map((name) => [name, {}])) })
  const measurements = report.measurements.map((row) => ({
    ...row,
    values: row.values.map((value) =>
      value.value === undefined ? value : { ...value, value: 1000 * levels(value.block) },
    ),
  }))
  return { ...report, measurements }
}

describe('noise recorded from runs of one server', () => {
  it('is one series a metric in the order of the blocks, where the variants are the same', () => {
    const { noise, series } = recordedNoise([aa(6, (block) => Math.exp(block / 100))])
    expect(series).toContain('sub latency.p99 of a and b, 12 blocks')
    expect(series.some((name) => name.includes('loss'))).toBe(false)
    for (const logarithms of noise.recorded ?? []) {
      logarithms.forEach((value, block) => expect(value - Math.log(1000)).toBeCloseTo(block / 100, 9))
    }
  })

  it('keeps variants apart that differ', () => {
    const report = aa(12, (block) => (block % 2 === 0 ? 1 : 2))
    const [a, b] = report.plan.variants
    if (a === undefined || b === undefined) expect.fail('two variants')
    const services = b.services.map((service) => ({ ...service, server: { version: '2.10.0' } }))
    const { noise } = recordedNoise([{ ...report, plan: { ...report.plan, variants: [a, { ...b, services }] } }])
    expect(noise.spread).toBeCloseTo(0, 12)
    expect(noise.recorded?.every((series) => series.length === 12)).toBe(true)
  })

  it('finds the spread and the memory that the blocks were made with', () => {
    const random = seeded(7)
    let at = 0
    const steps = Array.from({ length: 2000 }, () => (at = 0.6 * at + 0.03 * 0.8 * heavyTailed(random, 100)))
    const { noise } = recordedNoise([aa(1000, (block) => Math.exp(steps[block] ?? 0))])
    expect(noise.spread).toBeGreaterThan(0.027)
    expect(noise.spread).toBeLessThan(0.033)
    expect(noise.memory).toBeGreaterThan(0.52)
    expect(noise.memory).toBeLessThan(0.68)
  })

  it('leaves out a series with a value of 0 or one that is missing, and refuses when none is left', () => {
    expect(() => recordedNoise([aa(20, (block) => (block === 3 ? 0 : 1))])).toThrow('at least 12 blocks')
    expect(() => recordedNoise([aa(5, () => 1)])).toThrow('at least 12 blocks')
    expect(() => recordedNoise([])).toThrow('at least 12 blocks')
  })

  it('lets a simulated check raise few alarms of itself, and find a server that is 5 % slower', () => {
    const random = seeded(3)
    const { noise } = recordedNoise([aa(30, () => Math.exp(0.02 * heavyTailed(random, 4)))])
    const same = calibrate({ seed: 5, decisions: 300, noise })
    expect(same.alarms / 300).toBeLessThanOrEqual(0.02)
    const slower = calibrate({ seed: 5, decisions: 300, noise, shift: 0.05 })
    expect(slower.answers.worse / 300).toBeGreaterThan(0.8)
  })
})
