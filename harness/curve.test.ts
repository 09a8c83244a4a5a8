import { describe, expect, it } from 'vitest'
import { sampleReport } from '../fixtures/reports/build.ts'
import { humps } from '../fixtures/reports/humps.ts'
import { trialOf } from './commands/curve-run.ts'
import type { Finding, Report } from './model/report.ts'
import type { Scenario } from './model/scenario.ts'
import { ladder, type SearchSettings, type Trial } from './stats/knee.ts'
import { loadName } from './model/curve.ts'
import { curveVerdict, pointsOf, ratesOf, rungsOf, trialMs } from './verdict/curve.ts'
import type { ToldCurve } from './model/curve.ts'
import { curveTerminal, rateLines } from './report/curve-page.ts'

const search: SearchSettings = { from: 10_000, most: 1e6, latencyLimitNs: 1e7, tolerance: 0.05, repeats: 3 }
const trial = (perSecond: number, more: Partial<Trial> = {}): Trial => ({
  perSecond,
  reached: perSecond,
  latencyNs: 1e6,
  lost: 0,
  late: 0,
  ...more,
})
const trials = [
  trial(10_000),
  trial(10_000, { lost: 3 }),
  trial(10_000),
  trial(20_000, { latencyNs: 2e7 }),
  trial(20_000, { reached: 15_000 }),
]

describe('the rates that were tried', () => {
  it('are told with what became of each and why, lowest first', () => {
    expect(rateLines(ratesOf(trials.toReversed(), search))).toEqual([
      '10.0 k msg/s sustained, kept in 2 of 3 trials: 3 messages lost',
      '20.0 k msg/s rejected, kept in 0 of 2 trials: reached 15,000 of 20,000 msg/s; p99 20.00 ms is over the limit of 10.00 ms',
    ])
  })
})

describe('a trial', () => {
  it('lasts as long as a p99 needs, within bounds', () => {
    expect(trialMs([40_000])).toBe(1000)
    expect(trialMs([40_000, 500])).toBe(2200)
    expect(trialMs([200])).toBe(5500)
    expect(trialMs([10])).toBe(1000)
  })
})

/** A report of a ladder: p99 of the lowest two rungs is not known. */
function climbed(findings: readonly Finding[] = []): Report {
  const sample = sampleReport({ histogram: humps })
  const [first] = sample.plan.variants
  if (first === undefined) throw new Error('the sample must have a variant')
  const row = { workload: 'sub', unit: 'ns', better: 'lower', blocks: 3 } as const
  return {
    ...sample,
    plan: {
      ...sample.plan,
      variants: ladder.map((share) => ({ ...first, name: loadName(share) })),
      blocks: ladder.flatMap((share, index) => [0, 1].map((repeat) => ({ index, repeat, variant: loadName(share) }))),
    },
    measurements: [
      ...sample.measurements.filter(({ metric }) => metric !== 'latency.p99'),
      {
        ...{ workload: 'sub', metric: 'latency.p99', unit: 'ns', better: 'lower' },
        values: ladder.flatMap((share, block) => [0, 1].map(() => ({ variant: loadName(share), block }))),
      },
    ],
    summaries: ladder.flatMap((share, i) => [
      { ...row, metric: 'latency.p50', variant: loadName(share), median: 1e5 * (1 + i) },
      { ...row, metric: 'latency.p99', variant: loadName(share), ...(i < 2 ? {} : { median: 1e6 * (1 + i) }) },
      { ...row, metric: 'sendLag.p99', variant: loadName(share), median: 9e9 },
    ]),
    histograms: ladder.map((share) => ({
      workload: 'sub',
      name: 'latency',
      variant: loadName(share),
      data: { ...humps(1), total: Math.round(10_000 * share) },
    })),
    verdict: { outcome: 'unknown', findings },
  }
}

const finding = (about: string, rule: string, outcome: Finding['outcome'] = 'unknown'): Finding => ({
  about,
  rule,
  outcome,
  because: `because of ${rule}`,
})

describe('the rungs', () => {
  it('are all there, those without a p99 with the samples that it needs', () => {
    const rungs = rungsOf(climbed(), 40_000)
    expect(rungs).toHaveLength(ladder.length)
    expect(rungs[0]).toEqual({ share: 0.01, perSecond: 400, p50Ns: 1e5, samples: 50, samplesNeeded: 1000 })
    const measurements = climbed().measurements.map((one) => ({ ...one, values: one.values.filter((_, i) => i > 0) }))
    expect(rungsOf({ ...climbed(), measurements }, 40_000)[0]?.samples).toBe(100)
    expect(rungs[2]).toEqual({ share: 0.25, perSecond: 10_000, p50Ns: 3e5, p99Ns: 3e6, samples: 1250 })
    expect(pointsOf(rungs)).toHaveLength(ladder.length - 2)
  })
})

describe('a trial', () => {
  it('reached what the first workload with a rate did, not a flood beside it', () => {
    const report = sampleReport()
    const { scenario } = report.plan
    const flood = { ...scenario.workloads[0]!, name: 'flood', arrivals: { kind: 'flood' } } as Scenario['workloads'][0]
    const measurements = report.measurements.flatMap((row) =>
      row.workload === 'pub'
        ? [row, { ...row, workload: 'flood', values: row.values.map((each) => ({ ...each, value: 9e5 })) }]
        : [row],
    )
    const plan = { ...report.plan, scenario: { ...scenario, workloads: [flood, ...scenario.workloads] } }
    expect(trialOf({ ...report, plan, measurements }, 20_000, false).reached).toBeLessThan(30_000)
  })
})

describe('a curve of what a stream acknowledges', () => {
  const acked = (report: Report): Report => ({
    ...report,
    summaries: report.summaries.map((row) => ({ ...row, metric: row.metric.replace(/^latency\./, 'ack.') })),
    measurements: report.measurements.map((row) => ({ ...row, metric: row.metric.replace(/^latency\./, 'ack.') })),
  })

  it('has the times of acknowledgements on its rungs and in its trials', () => {
    expect(rungsOf(acked(climbed()), 40_000)[2]).toMatchObject({ p50Ns: 3e5, p99Ns: 3e6 })
    expect(trialOf(acked(sampleReport()), 20_000, false).latencyNs).toBeCloseTo(231_000, -5)
  })
})

describe('the verdict of a curve', () => {
  it('does not count what an overload is meant to show, and says so', () => {
    const { outcome, findings } = curveVerdict(
      climbed([finding('pub [load=105]', 'rate-kept'), finding('sub [load=90]', 'floor', 'pass')]),
    )
    expect(outcome).toBe('pass')
    expect(findings).toEqual([
      {
        ...finding('pub [load=105]', 'rate-kept', 'pass'),
        because: expect.stringContaining('105 % is more') as string,
      },
    ])
  })

  it.each([
    finding('pub [load=95]', 'rate-kept'),
    finding('sub [load=105]', 'negative-latency'),
    finding('block 3 (load=105)', 'block'),
    finding('run', 'complete'),
  ])('counts $rule of $about', (open) => {
    expect(curveVerdict(climbed([open]))).toEqual({ outcome: 'unknown', findings: [open] })
  })

  it('is fail where a limit of a sustained load does not hold', () => {
    expect(curveVerdict(climbed([finding('sub latency.p99 [load=50]', 'limit', 'fail')])).outcome).toBe('fail')
    expect(curveVerdict(climbed([finding('sub latency.p99 [load=105]', 'limit', 'fail')])).outcome).toBe('pass')
  })
})

describe('a curve in a terminal', () => {
  const told = (report: Report): ToldCurve => ({
    scenario: 'latency',
    sustainable: 40_000,
    because: 'at 42000 msg/s: 3 messages lost',
    rates: ratesOf(trials, search),
    rungs: rungsOf(report, 40_000),
    knee: { perSecond: 36_000, latencyNs: 1e6 },
    measureMs: 500,
    remarks: [],
    ...curveVerdict(report),
  })

  it('says the remarks of the run', () => {
    const remarks = [{ ...finding('host', 'busy', 'pass'), because: 'others used 30 %' }]
    expect(curveTerminal({ ...told(climbed()), remarks }, { color: false, columns: 120 })).toMatch(
      /\n {4}! host \(busy\): others used 30 %\n/,
    )
  })

  it('shows every rung, a dash and its reason where a p99 is not known', () => {
    const text = curveTerminal(told(climbed()), { color: false, columns: 120 })
    expect(text).toMatch(/^ +1 % +400 msg\/s +100 µs +– +p99 needs 1,000 samples a block, has 50$/m)
    expect(text).toMatch(/^ +25 % +10\.0 k msg\/s +300 µs +3\.00 ms +█$/m)
    expect(text).toMatch(/^ +105 % .* 10\.0 ms +█{30}$/m)
    expect(text).toMatch(/^ +90 % .*← knee$/m)
    expect(text).toContain('--measure 11s')
    expect(text).toContain('\nPASS  latency')
  })

  it('blames no lack of samples where a latency is withheld for another reason', () => {
    const report = climbed()
    const summaries = report.summaries.map((row) =>
      row.variant === loadName(0.5) && row.metric.startsWith('latency') ? { ...row, lagged: true as const } : row,
    )
    const text = curveTerminal(told({ ...report, summaries }), { color: false, columns: 120 })
    expect(text).toMatch(/^ +50 % +20\.0 k msg\/s +– +– +not told: see the findings of this load below$/m)
  })

  it('draws p50 where no p99 is known', () => {
    const report = climbed()
    const summaries = report.summaries.filter(({ metric }) => metric !== 'latency.p99')
    const text = curveTerminal(told({ ...report, summaries }), { color: false, columns: 120 })
    expect(text).toContain('bars: p50')
    expect(text).toMatch(/^ +105 % .* 1\.00 ms +– +█{30} /m)
  })

  it('says why it is unknown, and keeps the lines within the columns', () => {
    const open = finding('pub [load=95]', 'rate-kept')
    const text = curveTerminal(told(climbed([{ ...open, because: 'word '.repeat(40) }, finding('\u001b[2J', 'x')])), {
      color: false,
      columns: 80,
    })
    expect(text).toContain('? pub [load=95] (rate-kept): word')
    expect(text).toContain(
      'CANNOT TELL  latency. Highest sustainable rate 40.0 k msg/s, because of what is\n  marked ? above.',
    )
    expect(text).not.toContain('\u001b')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
