import { describe, expect, it } from 'vitest'
import { marginsOf } from './check-words.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

const bench = (...argv: readonly string[]) => benchHere(import.meta.dirname, ...argv)

describe('check', () => {
  it('refuses a call without a head, and says what it got', async () => {
    const alone = await bench('check', 'one-to-one', '--base', '2.15.2')
    expect(alone.status).toBe(64)
    expect(alone.err).toMatch(
      /^error: check must have --head, .* or --baseline, got --base alone\nhint: pnpm bench check/,
    )
    const neither = await bench('check', 'one-to-one')
    expect(neither.status).toBe(64)
    expect(neither.err).toContain('or --baseline, got neither')
  })

  it('refuses a number of blocks that pairs would pass over in silence', async () => {
    const { status, err } = await bench('check', 'one-to-one', '--head', '2.15.2', '--repeats', '9')
    expect(status).toBe(64)
    expect(err).toBe(
      'error: --repeats must be given with --baseline alone, got 9\nhint: two servers are measured in pairs of blocks: --pairs 9\n',
    )
  })

  it.each([
    ['latnecy.p98', '(did you mean "latency.'],
    ['latency.p98', '(did you mean "latency.p9'],
    ['thruput', 'got "thruput"'],
  ])('refuses a margin of %s', async (metric, help) => {
    const { status, err } = await bench('check', 'one-to-one', '--head', '2.15.2', '--margin', `${metric}=5`)
    expect(status).toBe(64)
    expect(err).toContain('--margin must be of a known metric')
    expect(err).toContain(help)
    expect(err).toMatch(
      /hint: known: throughput, .*late; latency, .*sendLag, each with p50, .*or max, as latency\.p99; \*/,
    )
  })

  it.each([
    ['--base', ['2.15.1']],
    ['--head', ['2.15.2']],
    ['--until-decided', []],
    ['--budget', ['1m']],
  ])('refuses --baseline beside %s', async (word, value) => {
    const { status, err } = await bench('check', 'one-to-one', '--baseline', '/nowhere.json', word, ...value)
    expect(status).toBe(64)
    expect(err).toContain(`--baseline must not be given with ${word}`)
    expect(err).toContain('--server')
  })

  it('writes its budget as a duration', async () => {
    const { out } = await bench('check', '--help')
    expect(out).toMatch(/--budget.*\(default: 20m\)/s)
    expect(out).not.toContain('1200000')
  })
})

describe('margins', () => {
  it('are shares by metric', () => {
    expect(marginsOf(['latency.p99=5', '*=2.5'])).toEqual({ 'latency.p99': 0.05, '*': 0.025 })
    expect(() => marginsOf(['loss=5', '*=2', 'loss=6'])).toThrow(
      '--margin must name each metric once, got "loss" again',
    )
  })

  it.each(['latency.p99', 'latency.p99=', '=5', 'latency.p99=0', 'latency.p99=x', 'latency.p99=5=6', 'loss=1000'])(
    'are not %s',
    (text) => {
      expect(() => marginsOf([text])).toThrow(`got ${JSON.stringify(text)}`)
    },
  )
})
