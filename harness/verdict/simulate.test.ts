/** What a check promises about its error rates, measured on pretend servers with six metrics each. */
import { describe, expect, it, vi } from 'vitest'
import { calibrate, calmNoise, realNoise } from './simulate.ts'
import type { Noise } from './simulate.ts'

// About a second of CPU each; a busy machine may need many times that.
vi.setConfig({ testTimeout: 600_000 })

const spiky: Noise = { ...realNoise, memory: 0, drift: 0 }
const wild: Noise = { ...realNoise, spread: 0.08 }
const noises: readonly (readonly [string, Noise])[] = [
  ['calm, 2 %', calmNoise],
  ['autocorrelated, heavy-tailed and drifting, 2 %', realNoise],
  ['heavy-tailed without memory, 2 %', spiky],
]

describe('a regression check of an unchanged server', () => {
  it.each([...noises, ['autocorrelated, heavy-tailed and drifting, 8 %', wild] as const])(
    'raises a false alarm in at most 1 %% of 2,000 checks, noise $0',
    (_, noise) => {
      const { alarms, decisions } = calibrate({ seed: 1, noise, decisions: 2000 })
      expect(decisions).toBe(2000)
      expect(alarms / decisions).toBeLessThanOrEqual(0.01)
    },
  )

  it('raises no more when it looks again and again until it is decided', () => {
    const settings = { mostPairs: 40 }
    const { alarms, decisions } = calibrate({ seed: 2, noise: wild, settings, decisions: 400 })
    expect(alarms / decisions).toBeLessThanOrEqual(0.01)
  })

  it('says "same" of nearly all metrics at 2 % noise, once it may add pairs', () => {
    const { decided, meanPairs } = calibrate({ seed: 3, noise: realNoise, settings: { mostPairs: 40 }, decisions: 300 })
    expect(decided / 300).toBeGreaterThan(0.95)
    expect(meanPairs).toBeLessThan(20)
  })

  it('says "better" of nothing in 99 % of checks', () => {
    const { better, decisions } = calibrate({ seed: 4, noise: wild, decisions: 1000 })
    expect(better / decisions).toBeLessThanOrEqual(0.01)
  })
})

describe('a regression check of a server that is 5 % worse in one of six metrics', () => {
  it.each(noises)('finds it with 10 pairs in at least 90 %%, noise $0', (_, noise) => {
    const { answers, decisions } = calibrate({ seed: 5, noise, shift: 0.05, decisions: 1000 })
    expect(answers.worse / decisions).toBeGreaterThanOrEqual(0.9)
  })

  it.each([...noises, ['5 % noise', { ...realNoise, spread: 0.05 }] as const])(
    'calls it the same in at most 1 %%, noise $0',
    (_, noise) => {
      const { answers, decisions } = calibrate({ seed: 6, noise, shift: 0.05, decisions: 1000 })
      expect(answers.same / decisions).toBeLessThanOrEqual(0.01)
    },
  )

  it('calls it the same in at most 1 % even with many looks', () => {
    const noise = { ...spiky, spread: 0.04 }
    const { answers, decisions } = calibrate({
      seed: 7,
      noise,
      shift: 0.05,
      settings: { mostPairs: 40 },
      decisions: 300,
    })
    expect(answers.same / decisions).toBeLessThanOrEqual(0.01)
    expect(answers.worse / decisions).toBeGreaterThan(0.5)
  })
})

describe('calibrate', () => {
  it('gives the same outcomes for the same seed, and others for another', () => {
    const once = calibrate({ seed: 8, decisions: 50, noise: wild })
    expect(calibrate({ seed: 8, decisions: 50, noise: wild })).toEqual(once)
    expect(calibrate({ seed: 9, decisions: 50, noise: wild })).not.toEqual(once)
  })

  it('resamples recorded noise in stretches', () => {
    const recorded = [[0, 0.01, 0.02, 0.01, 0, -0.01, -0.02, -0.01, 0, 0.01, 0.02, 0.01]]
    const { alarms, decisions } = calibrate({ seed: 10, decisions: 200, noise: { ...calmNoise, recorded } })
    expect(alarms / decisions).toBeLessThanOrEqual(0.01)
  })

  it('would notice a method that cries wolf: without a price for looks and metrics the rate is far above 1 %', () => {
    const settings = { worseLevel: 1 }
    const { alarms, decisions } = calibrate({ seed: 11, decisions: 200, noise: wild, settings })
    expect(alarms / decisions).toBeGreaterThan(0.05)
  })
})
