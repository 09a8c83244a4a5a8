import { describe, expect, it } from 'vitest'
import { reportOfRecording } from '../../fixtures/recordings/read.ts'
import type { Arrivals } from '../model/scenario.ts'
import type { Report } from '../model/report.ts'
import { paceOf } from './pace.ts'
import type { Pace } from './pace.ts'

const constant: Arrivals = { kind: 'constant', perSecond: 1000 }

function paced(sent: number, planned: number, arrivals: Arrivals = constant, agents = 1): Pace | undefined {
  const agent = (_: unknown, i: number) => ({ id: `a${i}`, node: 'n', memoryBytes: 0 })
  return paceOf({ arrivals, planned, sent, agents: Array.from({ length: agents }, agent) })
}

describe('a schedule', () => {
  it('is kept from 99 to 101 % of what was planned in the window', () => {
    expect([9900, 10_000, 10_100].map((sent) => paced(sent, 10_000))).toEqual(['kept', 'kept', 'kept'])
    expect(paced(9899, 10_000)).toBe('behind')
    expect(paced(10_101, 10_000)).toBe('ahead')
  })

  it('may be one message an agent, or one burst, off at the edges of the window', () => {
    expect([69, 71].map((sent) => paced(sent, 70))).toEqual(['kept', 'kept'])
    expect([68, 72].map((sent) => paced(sent, 70))).toEqual(['behind', 'ahead'])
    expect(paced(66, 70, constant, 4)).toBe('kept')
    expect(paced(900, 1000, { kind: 'burst', perSecond: 1000, size: 100 })).toBe('kept')
  })

  it('of random arrivals may differ as a Poisson count does', () => {
    const poisson: Arrivals = { kind: 'poisson', perSecond: 1000 }
    expect(paced(960, 1000, poisson)).toBe('kept')
    expect(paced(890, 1000, poisson)).toBe('behind')
    expect(paced(1110, 1000, poisson)).toBe('ahead')
  })

  it('is nothing that a flood or a closed loop has', () => {
    expect(paced(5, 10, { kind: 'flood' })).toBeUndefined()
    expect(paced(5, 10, { kind: 'closed', inFlight: 1 })).toBeUndefined()
  })
})

/** Rule names of what is held against the run, and the percentiles that are marked. */
function told({ verdict, health, summaries }: Report) {
  const open = health.filter((finding) => finding.outcome !== 'pass').map(({ rule }) => rule)
  const marked = summaries.filter(({ lagged }) => lagged === true).map(({ metric }) => metric)
  return { outcome: verdict.outcome, open: [...new Set(open)], marked }
}

describe('recordings of real runs', () => {
  it('a slow board that caught up its schedule in bursts cannot be told', async () => {
    const { outcome, open, marked } = told(await reportOfRecording('slow-board-fan-in'))
    expect(outcome).toBe('unknown')
    expect(open).toContain('rate-kept')
    expect(marked).toContain('latency.p99')
  })

  it('a slow board with a tail of lag keeps its median and marks its tail', async () => {
    const { outcome, open, marked } = told(await reportOfRecording('slow-board-latency'))
    expect(outcome).toBe('unknown')
    expect(open).toEqual(['rate-kept'])
    expect(marked).toContain('latency.p99')
    expect(marked).not.toContain('latency.p50')
  })

  it('the article in jails passes on counts, its p99 marked', async () => {
    const { outcome, open, marked } = told(await reportOfRecording('freebsd-jails-article'))
    expect([outcome, open]).toEqual(['pass', []])
    expect(marked).toContain('latency.p99')
  })

  it.each(['freebsd-jails-fan-in-too-slow', 'freebsd-arm64-article'])('%s fell behind its schedule', async (name) => {
    const { outcome, open } = told(await reportOfRecording(name))
    expect(outcome).toBe('unknown')
    expect(open).toContain('rate-kept')
  })

  it.each(['freebsd-amd64-one-to-one', 'freebsd-arm64-one-to-one'])(
    'in %s no percentile falls as it rises',
    async (name) => {
      const { summaries } = await reportOfRecording(name)
      const tails = ['p50', 'p90', 'p99', 'p99.9', 'p99.99'].flatMap(
        (q) => summaries.find(({ metric }) => metric === `latency.${q}`)?.median ?? [],
      )
      expect(tails.length).toBeGreaterThan(2)
      expect(tails).toEqual(tails.toSorted((a, b) => a - b))
      expect(summaries.some(({ partly = 0 }) => partly > 0)).toBe(true)
    },
  )
})
