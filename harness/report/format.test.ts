import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Unit } from '../model/report.ts'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { Arrivals } from '../model/scenario.ts'
import { rounded } from '../stats/bottleneck.ts'
import { absent, quantity, range, ratio, secondsText, threeDigits, tick } from './format.ts'
import { workloadText } from './reading.ts'

const units: readonly Unit[] = ['msg/s', 'B/s', 'ns', 'us/msg', 'share', 'B', '1/msg']

describe('quantity', () => {
  it.each([
    [1_234_567, 'msg/s', '1.23 M msg/s'],
    [999_999, 'msg/s', '1.00 M msg/s'],
    [12, 'msg/s', '12.0 msg/s'],
    [45_600, 'ns', '45.6 µs'],
    [999.6, 'ns', '1.00 µs'],
    [999_600, 'ns', '1.00 ms'],
    [1.5e9, 'ns', '1.50 s'],
    [90e9, 'ns', '1.50 min'],
    [0, 'ns', '0 ns'],
    [-12_000, 'ns', '-12.0 µs'],
    [2_500_000, 'B/s', '2.50 MB/s'],
    [65_536, 'B', '64.0 KiB'],
    [128, 'B', '128 B'],
    [0.0213, '1/msg', '0.0213 /msg'],
    [0.471, 'share', '47.1 %'],
    [1_234_567, 'count', '1,234,567'],
    [0.21, 'us/msg', '0.210 µs/msg'],
  ] as const)('prints %d %s as %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text)
  })

  it('prints a dash for what is not known, never NaN', () => {
    expect(quantity(undefined, 'ns')).toBe(absent)
    expect(quantity(Number.NaN, 'msg/s')).toBe(absent)
    expect(range(undefined, 'ns')).toBe(absent)
    expect(ratio(undefined)).toBe(absent)
  })

  it('always prints a unit and stays within 0.5 % of the value', () => {
    const scale: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 }
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e11, noNaN: true }), fc.constantFrom(...units), (value, unit) => {
        const text = quantity(value, unit)
        expect(text).toMatch(/^[\d.,]+ \S/)
        if (unit === 'msg/s') {
          const [number = '', prefix = ''] = text.split(' ')
          const back = Number(number.replaceAll(',', '')) * (scale[prefix] ?? 1)
          expect(Math.abs(back / value - 1)).toBeLessThan(0.0051)
        }
      }),
    )
  })
})

describe('a rate below one a second', () => {
  it.each<[Arrivals, string]>([
    [{ kind: 'constant', perSecond: 0.1 }, '0.1/s constant'],
    [{ kind: 'poisson', perSecond: 0.0166667 }, '0.0166667/s poisson'],
    [{ kind: 'burst', perSecond: 0.5, size: 2000 }, '0.5/s in bursts of 2,000'],
    [{ kind: 'staircase', from: 0.5, to: 12_345.5, steps: 3 }, '0.5 … 12,345.5/s in 3 steps'],
    [{ kind: 'constant', perSecond: 0.1 + 0.2 }, '0.3/s constant'],
    [{ kind: 'constant', perSecond: 10_000 }, '10,000/s constant'],
  ])('is told as it is: %j', (arrivals, words) => {
    const report = sampleReport()
    const sender = report.plan.scenario.workloads.find((each) => each.kind === 'publish')
    if (sender === undefined) throw new Error('the sample must have a publisher')
    const plan = { ...report.plan, variants: [] }
    expect(workloadText({ ...sender, arrivals }, { ...report, plan })).toContain(words)
  })

  it('is not rounded to none where it is measured either', () => {
    expect([0, 0.1, 9.765625, 37, 99.96, 999.7, 12_345].map(rounded)).toEqual([
      '0',
      '0.1',
      '9.77',
      '37',
      '100',
      '1,000',
      '12,345',
    ])
  })
})

describe('range', () => {
  it('prints both ends in the unit of the larger one', () => {
    expect(range([950_000, 1_200_000], 'ns')).toBe('950 µs … 1.20 ms')
    expect(range([0, 3], 'count')).toBe('0 … 3')
  })
})

describe('ticks and times', () => {
  it('drops the zeros that say nothing', () => {
    expect([tick(1e7, 'ns'), tick(2500, 'msg/s'), tick(100, 'ns')]).toEqual(['10 ms', '2.5 k msg/s', '100 ns'])
    expect([secondsText(5), secondsText(0.5), secondsText(1.25)]).toEqual(['5 s', '0.5 s', '1.25 s'])
    expect([threeDigits(0.000123), threeDigits(1234)]).toEqual(['0.000123', '1,230'])
    expect([threeDigits(1e300), threeDigits(-1.234e-20), threeDigits(1.5e-10), quantity(1e300, 'count')]).toEqual([
      '1.00e+300',
      '-1.23e-20',
      '0.000000000150',
      '1.00e+300',
    ])
  })
})
