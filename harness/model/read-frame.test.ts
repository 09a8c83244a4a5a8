import { expect, it } from 'vitest'
import { recording, zero } from '../../fixtures/statistics/synthetic.ts'
import { readFrame, readLine } from './read-frame.ts'
import { lineSchema, sampleSchema } from './recording.ts'

const lines = [...recording({ blocks: 1, seconds: 1 })]
const sample = lines.flatMap((line) => (line.t === 'frame' && line.frame.t === 'sample' ? [line.frame] : []))[1]
const coded = { significantBits: 11, min: 1, max: 1, total: 1, gaps: 'BB' }

it('reads every line as zod does', () => {
  for (const line of lines) {
    expect(readLine(line)).toEqual(lineSchema.parse(line))
    expect(readLine(line)).toEqual(line)
  }
})

it('reads the histograms of schema 1', () => {
  const { gaps: _, ...old } = { ...coded, buckets: [1, 1] }
  expect(readFrame({ ...sample, histograms: { lag: old } })).toEqual({ ...sample, histograms: { lag: old } })
})

/** Every member of a sample left out, or put to something that it must not be. */
function* broken(value: object): Generator<unknown> {
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _, ...without } = value as Record<string, unknown>
    yield without
    for (const wrong of [null, 'text', [1], { a: 1 }, Infinity, undefined, true]) yield { ...value, [name]: wrong }
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) {
      for (const below of broken(member as object)) yield { ...value, [name]: below }
    }
  }
}

it('takes and refuses the same samples as zod', () => {
  const whole = { ...sample, counts: zero, histograms: { latency: coded, lag: { ...coded, gaps: 'B!' } } }
  const old = { ...coded, gaps: undefined, buckets: [1, 'x'] }
  const fine = { ...whole, histograms: { latency: coded } }
  const quiet = { ...fine, gap: { from: 1, to: 2 } }
  const endless = [
    { ...fine, to: 1e308 },
    { ...fine, from: 1e21 },
    { ...fine, from: -1e31 },
  ]
  const quieter = { ...quiet, gapInWindow: { from: 1, to: 2 } }
  const all = [
    quiet,
    quieter,
    fine,
    whole,
    { ...fine, histograms: { other: coded } },
    { ...fine, histograms: { lag: old } },
  ]
  const tried = [...endless, ...all, ...all.flatMap((value) => [...broken(value)]), null, [], 7, 'sample']
  for (const value of tried) {
    const wanted = sampleSchema.safeParse(value).success
    if (typeof value === 'object' && value !== null && 't' in value && value.t === 'sample') {
      expect(readFrame(value) !== undefined, JSON.stringify(value)).toBe(wanted)
    }
  }
  expect(readFrame(fine)).toEqual(fine)
  expect(readFrame(quiet)).toEqual(quiet)
  expect([whole, ...endless].map(readFrame)).toEqual([undefined, undefined, undefined, undefined])
})

it.each([0, 7, -1, 0.5, 2 ** 53, '1'])(
  'takes and refuses a frame of block %j as zod does, and other lines too',
  (block) => {
    const line = { t: 'frame', block, from: 'pub@send', frame: { t: 'ready', now: '1' } }
    const ends = { t: 'blockEnd', block, outcome: 'ok' }
    const takes = block === 0 || block === 7
    const taken = [readLine(line) !== undefined, lineSchema.safeParse(line).success, readLine(ends) !== undefined]
    expect(taken).toEqual([takes, takes, takes])
  },
)

it.each([-1.7e308, -1e31, 1e31, 1.7e308])(
  'takes no CPU time of %j: a share of it would not be a number',
  (cpuUserMicros) => {
    const usage = { cpuUserMicros, cpuSystemMicros: 1, memoryBytes: 1 }
    expect(readFrame({ t: 'usage', at: 1, usage: { ...usage, cpuUserMicros: 1 } })).toBeDefined()
    expect(readFrame({ t: 'usage', at: 1, usage })).toBeUndefined()
  },
)
