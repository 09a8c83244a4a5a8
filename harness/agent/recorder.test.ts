import { afterEach, expect, test } from 'vitest'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { Clock } from './clock.ts'
import { Recorder } from './recorder.ts'

const phases = { warmupMs: 500, measureMs: 2200, cooldownMs: 100 }
type Sample = Extract<Frame, { t: 'sample' }>
let recorder: Recorder | undefined

/** A clock that says what it is told. */
function begin(given: Phases = phases): { recorder: Recorder; samples: Sample[]; at: (ns: number) => void } {
  const samples: Sample[] = []
  let time = 0
  const made = new Recorder((frame) => samples.push(frame as Sample))
  recorder = made
  made.begin({ now: () => time } as Clock, given)
  return {
    recorder: made,
    samples,
    at: (ns) => {
      time = ns
      made.tick(ns)
    },
  }
}

afterEach(() => recorder?.finish())

test('samples end each second of a phase and exactly at its end, however late the clock is read', () => {
  const { recorder, samples, at } = begin()
  for (const ms of [3, 499, 503, 1400, 1509, 2600, 2750, 2790, 3800]) at(ms * 1e6)
  recorder.finish()
  expect(samples.map(({ from, to, phase }) => [from / 1e6, to / 1e6, phase])).toEqual([
    [0, 500, 'warmup'],
    [500, 1500, 'measure'],
    [1500, 2500, 'measure'],
    [2500, 2700, 'measure'],
    [2700, 3700, 'cooldown'],
    [3700, 3800, 'cooldown'],
  ])
})

test('samples are as long as the plan says', () => {
  const { recorder, samples, at } = begin({ ...phases, measureMs: 9000, sampleMs: 4000 })
  for (const ms of [400, 1000, 5000, 9600]) at(ms * 1e6)
  recorder.finish()
  expect(samples.map(({ from, to }) => [from / 1e6, to / 1e6])).toEqual([
    [0, 500],
    [500, 4500],
    [4500, 8500],
    [8500, 9500],
    [9500, 9600],
  ])
})

test('what is counted after a tick at or behind a mark belongs to the next sample', () => {
  const { recorder, samples, at } = begin()
  at(499e6)
  recorder.tally.received += 5
  recorder.histogram('latency').record(1000)
  at(500e6)
  recorder.tally.received += 7
  at(1600e6)
  expect(samples.map(({ counts }) => counts.received)).toEqual([5, 7])
  expect(samples.map(({ histograms }) => histograms.latency?.total)).toEqual([1, undefined])
})

test('a process that stood still for seconds writes all the samples it owes, and the counts only once', () => {
  const { recorder, samples, at } = begin()
  recorder.tally.sent = 9
  at(2600e6)
  expect(samples.map(({ counts }) => counts.sent)).toEqual([9, 0, 0])
})

test('a silence of the warm-up hides no longer one of the window', () => {
  const { recorder, samples, at } = begin({ warmupMs: 2000, measureMs: 1000, cooldownMs: 0 })
  const gap = recorder.gap()
  for (const ms of [100, 2050, 2100, 2700, 2990]) {
    at(ms * 1e6)
    gap.heard(ms * 1e6)
  }
  at(3000e6)
  expect(samples.filter(({ phase }) => phase === 'measure')).toMatchObject([
    { gap: { from: 100e6, to: 2050e6 }, gapInWindow: { from: 2100e6, to: 2700e6 } },
  ])
  expect(samples[1]).not.toHaveProperty('gapInWindow')
})
