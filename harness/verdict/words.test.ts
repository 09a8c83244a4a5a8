import { describe, expect, it } from 'vitest'
import { amount, digitsApart } from './words.ts'

describe('amount', () => {
  it('never writes an exponent, nor a thousand of a unit where the next one begins', () => {
    expect(amount(999_700, 'ns')).toBe('1.00 ms')
    expect(amount(999.7, 'ns')).toBe('1.00 µs')
    expect(amount(1200e9, 'ns')).toBe('1,200 s')
    expect(amount(1234, 'us/msg')).toBe('1,230 µs/msg')
    expect(amount(1048575, 'B')).toBe('1.0 MiB')
    expect(amount(-5e6, 'B')).toBe('-4.8 MiB')
  })

  it('writes three digits, and rates from 100 on whole', () => {
    expect(amount(12_345, 'ns')).toBe('12.3 µs')
    expect(amount(87, 'ns')).toBe('87 ns')
    expect(amount(99_999.6, 'msg/s')).toBe('100,000 msg/s')
    expect(amount(0.5, 'msg/s')).toBe('0.500 msg/s')
    expect(amount(0, 'us/msg')).toBe('0 µs/msg')
    expect(amount(7, 'count')).toBe('7')
    expect(amount(512, 'B')).toBe('512 B')
    expect(amount(0.975, 'share')).toBe('97.5 %')
    expect(amount(Number.NaN, 'ns')).toBe('no number')
  })

  it.each([
    ['msg/s', 99_999.8, 100_000, '99,999.8 msg/s', '100,000 msg/s'],
    ['ns', 10_003_000, 10_000_000, '10.003 ms', '10.000 ms'],
    ['ns', 800.4, 800, '800.4 ns', '800.0 ns'],
    ['share', 0.99996, 1, '99.996 %', '100.000 %'],
    ['B', 1048576.5, 1048576, '1.0000005 MiB', '1.0000000 MiB'],
    ['count', 5, 6, '5', '6'],
    ['ns', 5e6, 5e6, '5.00 ms', '5.00 ms'],
  ] as const)('tells %s %d from %d where asked to', (unit, value, wanted, text, wantedText) => {
    const digits = digitsApart([value], wanted, unit)
    expect([amount(value, unit, digits), amount(wanted, unit, digits)]).toEqual([text, wantedText])
  })
})
