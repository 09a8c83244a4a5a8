import { expect, it } from 'vitest'
import { Command } from 'commander'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { duration, hostChoice, lengthOptions, placeOptions, rateOption, wholeNumber } from './options.ts'

it('a duration that is too short for what it measures is refused with the least one', () => {
  const measure = duration('--measure', 100)
  expect(measure('1.5s')).toBe(1500)
  expect(() => measure('0s')).toThrow('--measure must be a duration such as 5s of at least 100ms, got "0s"')
  expect(() => measure('soon')).toThrow('got "soon"')
  expect(duration('--warmup')('0s')).toBe(0)
  // It is named as it was typed: the scenario would name it in milliseconds.
  expect(() => measure('10000000h')).toThrow(
    '--measure must be a duration such as 5s of at most 1000h, got "10000000h"',
  )
})

it('a rehearsal is no longer than a run', () => {
  const command = lengthOptions(new Command()).exitOverride()
  expect(() => command.parse(['--rehearsal', '25h'], { from: 'user' })).toThrow(
    '--rehearsal must be a duration such as 5s of at most 24h, got "25h"',
  )
})

it('a setting called __proto__ is one, so that it is refused as unknown', async () => {
  const { status, err } = await benchHere('.', 'plan', 'latency', '--on', 'process', '--set', '__proto__=x')
  expect(status).toBe(64)
  expect(err).toMatch(/^error: setting must be one of on, .*, got "__proto__"$/m)
})

it.each([
  ['--out', 'a folder'],
  ['--host', 'a machine'],
  ['--server', 'a program or a version'],
  ['--image', 'an image'],
])('an empty word is not passed over as if %s had not been said', (option, what) => {
  const command = placeOptions(new Command()).exitOverride()
  expect(() => command.parse([option, ''], { from: 'user' })).toThrow(`${option} must be ${what}, got an empty word`)
})

it('a folder is a folder', () => {
  const command = placeOptions(new Command()).exitOverride()
  expect(command.parse(['--out', 'x'], { from: 'user' }).opts()).toMatchObject({ out: 'x' })
})

it.each(['', ' ', ' 5', '0x10', '1e3', '1,5', '1_000', 'NaN', 'Infinity', '+5', '99999999999999999999'])(
  'the text %j is no number of an option',
  (text) => {
    const rate = rateOption(new Command()).exitOverride()
    expect(() => wholeNumber('--seed', 0, 2 ** 31)(text)).toThrow(
      `--seed must be a whole number from 0 to 2147483648, got ${JSON.stringify(text)}`,
    )
    expect(() => rate.parse([`--rate=${text}`], { from: 'user' })).toThrow(
      `--rate must be messages a second such as 1000, or own, got ${JSON.stringify(text)}`,
    )
  },
)

it('plain decimals are numbers of options', () => {
  expect(wholeNumber('--seed', 0, 10)('0')).toBe(0)
  expect(rateOption(new Command()).parse(['--rate', '0.5'], { from: 'user' }).opts()).toEqual({ rate: 0.5 })
})

it('a variable BENCH_HOST that is empty means this machine, as one that is not set', () => {
  expect(hostChoice({}, { env: { BENCH_HOST: '' } })).toBe(undefined)
  expect(hostChoice({}, { env: { BENCH_HOST: 'ssh://a@b' } })).toBe('ssh://a@b')
  expect(hostChoice({ host: 'ssh://c@d' }, { env: { BENCH_HOST: 'ssh://a@b' } })).toBe('ssh://c@d')
})
