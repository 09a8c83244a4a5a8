import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { broken, knee, nextStep } from './knee.ts'
import type { SearchSettings, Step, Trial } from './knee.ts'
import { seeded } from './random.ts'

const settings: SearchSettings = { from: 10_000, most: 1e7, latencyLimitNs: 1e6, tolerance: 0.05, repeats: 3 }

/** A pretend server: queues like M/M/1 and cannot do more than its capacity. */
function server(capacity: number, perSecond: number, luck = 0): Trial {
  const load = perSecond / capacity
  const latencyNs = load < 1 ? (20_000 / (1 - load)) * (1 + luck) : 1e9
  return { perSecond, reached: Math.min(perSecond, capacity), latencyNs, lost: 0, late: 0 }
}

function search(
  answer: (perSecond: number) => Trial,
  wanted: SearchSettings = settings,
): { readonly step: Extract<Step, { kind: 'done' }>; readonly trials: readonly Trial[] } {
  const trials: Trial[] = []
  for (let i = 0; i < 300; i++) {
    const step = nextStep(trials, wanted)
    if (step.kind === 'done') return { step, trials }
    trials.push(answer(step.perSecond))
  }
  throw new Error('the search did not end within 300 trials')
}

describe('nextStep', () => {
  it('brackets the highest rate that keeps the latency limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 5_000_000 }), (capacity) => {
        const { step, trials } = search((rate) => server(capacity, rate))
        // 20 µs / (1 − load) reaches 1 ms at a load of 98 %.
        const truth = capacity * 0.98
        expect(step.sustainable).toBeLessThanOrEqual(truth)
        expect(step.broke).toBeGreaterThan(truth)
        expect((step.broke ?? 0) / (step.sustainable ?? 1)).toBeLessThanOrEqual(1.05)
        expect(trials.length).toBeLessThan(60)
      }),
    )
  })

  it('is not led astray by one hiccup in three', () => {
    const random = seeded(1)
    let trial = 0
    const { step } = search((rate) => {
      const hiccup = trial++ % 3 === 0 && random() < 0.5
      return { ...server(100_000, rate), ...(hiccup ? { lost: 5 } : {}) }
    })
    expect(step.sustainable).toBeGreaterThan(90_000)
    expect(step.sustainable).toBeLessThanOrEqual(98_000)
  })

  it('stops at the highest rate allowed', () => {
    expect(search((rate) => server(1e9, rate)).step).toMatchObject({ sustainable: 1e7 })
  })

  it('gives up where nothing is sustained, and says why', () => {
    const { step } = search((rate) => ({ ...server(1e9, rate), lost: 1 }))
    expect(step.sustainable).toBeUndefined()
    expect(step.because).toContain('1 message lost')
  })

  it.each<[Partial<Trial>, string]>([
    [{ lost: 3 }, '3 messages lost'],
    [{ late: 2 }, '2 messages late'],
    [{ reached: 900 }, 'reached 900 of 1,000'],
    [{ latencyNs: 2e6 }, 'over the limit'],
  ])('does not count a trial with %j as sustained', (flaw, why) => {
    const good: Trial = { perSecond: 1000, reached: 1000, latencyNs: 1e5, lost: 0, late: 0 }
    expect(broken(good, settings)).toBeUndefined()
    expect(broken({ ...good, ...flaw }, settings)).toContain(why)
  })
})

describe('knee', () => {
  it('finds where a queueing curve bends', () => {
    const curve = [0.01, 0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99].map((load) => ({
      perSecond: load * 1000,
      latencyNs: 20_000 / (1 - load),
    }))
    const found = knee(curve)
    expect(found?.perSecond).toBeGreaterThanOrEqual(700)
    expect(found?.perSecond).toBeLessThanOrEqual(900)
  })

  it('finds none on a straight or falling line, or with too few points', () => {
    expect(
      knee([
        { perSecond: 1, latencyNs: 10 },
        { perSecond: 2, latencyNs: 9 },
        { perSecond: 3, latencyNs: 8 },
      ]),
    ).toBeUndefined()
    expect(
      knee([
        { perSecond: 1, latencyNs: 10 },
        { perSecond: 2, latencyNs: 20 },
      ]),
    ).toBeUndefined()
  })
})
