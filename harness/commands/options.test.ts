import { expect, it } from 'vitest'
import { Command } from 'commander'
import { duration, placeOptions } from './options.ts'

it('a duration that is too short for what it measures is refused with the least one', () => {
  const measure = duration('--measure', 100)
  expect(measure('1.5s')).toBe(1500)
  expect(() => measure('0s')).toThrow('--measure must be a duration such as 5s of at least 100ms, got "0s"')
  expect(() => measure('soon')).toThrow('got "soon"')
  expect(duration('--warmup')('0s')).toBe(0)
})

it('an empty word is no folder', () => {
  const command = placeOptions(new Command()).exitOverride()
  expect(() => command.parse(['--out', ''], { from: 'user' })).toThrow('--out must be a folder, got an empty word')
  expect(command.parse(['--out', 'x'], { from: 'user' }).opts()).toMatchObject({ out: 'x' })
})
