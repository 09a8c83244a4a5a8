/** Matchers over reports made by hand: three answers, the evidence in the message, and "cannot tell" failing both ways. */
import { describe, expect, it } from 'vitest'
import { Histogram } from '../agent/histogram.ts'
import type { Facts } from '../model/facts.ts'
import type { Measurement, Report, Summary } from '../model/report.ts'
import { scenarioSchema, type ScenarioInput } from '../model/scenario.ts'
import { makePlan } from '../plan/plan.ts'
import { expandScenario } from '../scenario/expand.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import { lagWords } from '../verdict/bound.ts'
import { addMatchers } from './matchers.ts'

addMatchers()

const send = { on: 'a', to: 'hub', subject: 's', arrivals: { kind: 'constant', perSecond: 10 } } as const
const pubSub: ScenarioInput['workloads'] = [
  { kind: 'publish', name: 'pub', ...send, payload: { bytes: 16 } },
  { kind: 'subscribe', name: 'sub', on: 'a', to: 'hub', subject: 's' },
]

interface Given {
  readonly stores?: Pick<ScenarioInput, 'streams' | 'consumers'>
  readonly workloads?: ScenarioInput['workloads']
  /** A value for each block, by workload and metric. */
  readonly values?: Readonly<Record<string, readonly number[]>>
  readonly intervals?: Readonly<Record<string, readonly [number, number]>>
  readonly latencies?: readonly number[]
  readonly state?: Report['state']
  readonly health?: Report['health']
  /** As many as have values where absent. */
  readonly blocks?: number
}

const streaming: Pick<ScenarioInput, 'streams' | 'consumers' | 'workloads'> = {
  streams: { orders: { on: 'hub', subjects: ['s'] } },
  consumers: { work: { stream: 'orders' } },
  workloads: [
    { kind: 'js-publish', name: 'pub', ...send, payload: { bytes: 16 }, window: 1 },
    { kind: 'js-consume', name: 'read', on: 'a', to: 'hub', consumer: 'work' },
  ],
}

function report({
  workloads = pubSub,
  stores = {},
  values = {},
  intervals = {},
  latencies,
  state = 'complete',
  health = [],
  blocks,
}: Given): Report {
  const topology = { hub: { role: 'server', server: { jetstream: true } }, a: { role: 'load' } }
  const repeats = blocks ?? Math.max(1, ...Object.values(values).map(({ length }) => length))
  const scenario = scenarioSchema.parse({ name: 'made', about: 'By hand.', topology, workloads, repeats, ...stores })
  const substrate = memorySubstrate()
  const plan = makePlan({
    expanded: expandScenario(scenario),
    substrate,
    why: '',
    command: '',
    harness: '0',
    host: 'local',
  })
  const rows = Object.entries(values).map(([key, all]): Measurement => {
    const [workload = '', metric = ''] = key.split(' ')
    const unit = metric === 'throughput' ? 'msg/s' : metric.includes('.') ? 'ns' : 'count'
    const better = metric === 'throughput' ? 'higher' : 'lower'
    return { workload, metric, unit, better, values: all.map((value, block) => ({ variant: 'default', block, value })) }
  })
  const summaries = rows.map((row): Summary => {
    const all = row.values.flatMap(({ value }) => value ?? []).toSorted((x, y) => x - y)
    const [min = 0, median = 0, max = 0] = [all[0], all[all.length >> 1], all.at(-1)]
    const interval = intervals[`${row.workload} ${row.metric}`]
    const { workload, metric, unit, better } = row
    const known = interval === undefined ? {} : { interval, confidence: 0.95 }
    return { workload, metric, unit, better, variant: 'default', blocks: all.length, median, min, max, ...known }
  })
  const histogram = new Histogram()
  latencies?.forEach((ns) => histogram.record(ns))
  const facts: Facts = {
    host: { name: 'local', os: '', kernel: '', arch: '', settings: {} },
    servers: [],
    node: '',
    substrate: {},
  }
  return {
    schema: 1,
    run: 'made',
    at: '',
    state,
    plan,
    facts,
    health,
    bottlenecks: [],
    measurements: rows,
    summaries,
    nodes: [],
    histograms:
      latencies === undefined ? [] : [{ workload: 'sub', name: 'latency', variant: 'default', data: histogram.data() }],
    series: [],
    marks: [],
    verdict: { outcome: 'pass', findings: [] },
  }
}

/** 1 ns to `count` ns, so that the quantile q is q · count. */
const ramp = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('toDeliverEverything', () => {
  it('passes when nothing is lost, and fails naming how many and in which block', () => {
    expect(report({ values: { 'sub loss': [0, 0] } })).toDeliverEverything()
    const lossy = report({ values: { 'sub loss': [0, 3] } })
    expect(lossy).not.toDeliverEverything()
    expect(() => expect(lossy).toDeliverEverything()).toThrow('sub: 3 messages lost (3 in block 2)')
  })

  it('cannot tell, behind not too, without an account, without receivers, or from a run cut short', () => {
    const none = report({})
    expect(() => expect(none).toDeliverEverything()).toThrow('cannot tell\n  sub: no account of messages lost')
    expect(() => expect(none).not.toDeliverEverything()).toThrow('cannot tell')
    const partly = report({ values: { 'sub loss': [0, 0] }, blocks: 3 })
    expect(() => expect(partly).toDeliverEverything()).toThrow('sub: 0 messages lost, but 1 block has no value')
    expect(report({ values: { 'sub loss': [0, 3] }, blocks: 3 })).not.toDeliverEverything()
    const publishers = report({ workloads: pubSub.slice(0, 1) })
    expect(() => expect(publishers).toDeliverEverything()).toThrow('nobody receives anything')
    const cut = report({ values: { 'sub loss': [0] }, state: 'interrupted' })
    expect(() => expect(cut).toDeliverEverything()).toThrow('the run was interrupted')
  })

  it('refuses a workload that is not there, and a promise', () => {
    expect(() => expect(report({})).toDeliverEverything('sbu')).toThrow('workload must be one of pub, sub, got "sbu"')
    expect(() => expect(Promise.resolve(report({}))).toDeliverEverything()).toThrow('put `await` before lab.run')
  })
})

describe('toKeepOrder', () => {
  it('passes without a reordered message and fails with one', () => {
    expect(report({ values: { 'sub reordered': [0] } })).toKeepOrder()
    expect(() => expect(report({ values: { 'sub reordered': [2] } })).toKeepOrder()).toThrow('2 messages out of order')
  })

  it('cannot tell from payloads too small to carry a sequence number', () => {
    const [pub, sub] = pubSub
    const small = [{ ...pub, payload: { bytes: 8 } }, sub] as ScenarioInput['workloads']
    expect(() => expect(report({ workloads: small, values: { 'sub reordered': [0] } })).toKeepOrder()).toThrow(
      '16 bytes are needed',
    )
  })
})

describe('toLoseNothingAcked', () => {
  const { workloads, ...stores } = streaming
  const of = (lost: number, undelivered: number) =>
    report({ workloads, stores, values: { 'pub lostAcked': [0, lost], 'read undelivered': [undelivered, 0] } })

  it('passes where all is stored and delivered, and fails with the block where one is not', () => {
    expect(of(0, 0)).toLoseNothingAcked()
    expect(() => expect(of(3, 0)).toLoseNothingAcked()).toThrow('pub: 3 acknowledged messages lost (3 in block 2)')
    expect(() => expect(of(0, 2)).toLoseNothingAcked()).toThrow('read: 2 acknowledged messages undelivered')
  })

  it('cannot tell without an account, or where nothing is acknowledged', () => {
    expect(() => expect(report({ workloads, stores })).toLoseNothingAcked('pub')).toThrow('no account of')
    expect(() => expect(report({})).toLoseNothingAcked()).toThrow('nothing is acknowledged')
    expect(() => expect(report({})).not.toLoseNothingAcked()).toThrow('cannot tell')
  })
})

describe('toKeepConsumerLagBelow', () => {
  const { workloads, ...stores } = streaming

  it('judges the largest lag of all blocks', () => {
    const lagging = report({ workloads, stores, values: { 'read consumerLag': [10, 99] } })
    expect(lagging).toKeepConsumerLagBelow(100)
    expect(lagging).not.toKeepConsumerLagBelow(99)
    expect(() => expect(lagging).toKeepConsumerLagBelow(50)).toThrow('read: lag of up to 99 messages')
  })

  it('cannot tell where nobody asked, or nobody consumes', () => {
    expect(() => expect(report({ workloads, stores })).toKeepConsumerLagBelow(5)).toThrow('not asked in time')
    expect(() => expect(report({})).toKeepConsumerLagBelow(5)).toThrow('there is no lag to look at')
    const partly = report({ workloads, stores, values: { 'read consumerLag': [1, 2] }, blocks: 4 })
    expect(() => expect(partly).toKeepConsumerLagBelow(5)).toThrow(
      'lag of up to 2 messages, but 2 blocks have no value',
    )
  })
})

describe('toHaveLatencyBelow', () => {
  it('cannot tell where messages that were due are missing, for the slowest may be among them', () => {
    const health = ['late', 'send-lag'].map((rule) => ({
      about: 'pub',
      rule,
      outcome: 'unknown' as const,
      because: '40 messages due and not sent',
    }))
    const late = report({ latencies: ramp(10_000), health })
    expect(() => expect(late).toHaveLatencyBelow('p50', '1ms')).toThrow(
      'cannot tell\n  sub latency.p50: 5.00 µs, 95 % interval 4.90 µs to 5.10 µs from 10000 samples\n  pub: 40 messages due and not sent; the slowest may be among what is missing',
    )
    expect(() => expect(late).toHaveLatencyBelow('p50', '1us')).toThrow('it did not')
    expect(report({ latencies: ramp(10_000), health: health.slice(1) })).toHaveLatencyBelow('p50', '1ms')
  })

  const measured = report({ latencies: ramp(10_000) })

  it('passes or fails when the whole interval of the quantile lies on one side', () => {
    expect(measured).toHaveLatencyBelow('p50', '6us')
    expect(measured).not.toHaveLatencyBelow('p50', '4us')
    expect(() => expect(measured).toHaveLatencyBelow('p50', '4us')).toThrow(/it did not\n {2}sub latency.p50: 5.00 µs/)
  })

  it('cannot tell with the limit inside the interval, and says how many samples would do', () => {
    expect(() => expect(measured).toHaveLatencyBelow('p50', '5040ns')).toThrow(
      /cannot tell\n.*the limit lies inside; some \d+ samples are needed/,
    )
    expect(() => expect(measured).not.toHaveLatencyBelow('p50', '5040ns')).toThrow('cannot tell')
  })

  it('cannot tell from a thin tail, and says how many samples it takes', () => {
    const thin = report({ latencies: ramp(500) })
    expect(() => expect(thin).toHaveLatencyBelow('p99', '1s')).toThrow('at least 1000 samples are needed, got 500')
  })

  it('goes by the interval over runs where there is one', () => {
    const given = {
      values: { 'sub latency.p99': [1e6, 2e6, 3e6] },
      intervals: { 'sub latency.p99': [1e6, 3e6] },
    } as const
    expect(report(given)).toHaveLatencyBelow('p99', '4ms')
    expect(report(given)).not.toHaveLatencyBelow('p99', '1ms')
    expect(() => expect(report(given)).toHaveLatencyBelow('p99', '2ms')).toThrow('use more blocks (repeats: 6)')
  })

  it('fails nobody for a percentile that is the lag of the generator, as limits do', () => {
    const values = { 'sub latency.p99': [1e6, 2e6, 3e6] }
    const made = report({ values, intervals: { 'sub latency.p99': [1e6, 3e6] } })
    const lagged = { ...made, summaries: made.summaries.map((row) => ({ ...row, lagged: true as const })) }
    expect(lagged).toHaveLatencyBelow('p99', '4ms')
    expect(() => expect(lagged).toHaveLatencyBelow('p99', '500us')).toThrow(
      `cannot tell\n  sub latency.p99: ${lagWords}`,
    )
  })

  it('nor where one block gives no interval but its samples do', () => {
    const made = report({ latencies: ramp(10_000), values: { 'sub latency.p50': [5e6] } })
    const lagged = { ...made, summaries: made.summaries.map((row) => ({ ...row, lagged: true as const })) }
    expect(lagged).toHaveLatencyBelow('p50', '100ms')
    expect(() => expect(lagged).toHaveLatencyBelow('p50', '1ns')).toThrow(`cannot tell\n  sub latency.p50: ${lagWords}`)
  })

  it('refuses what is no duration', () => {
    expect(() => expect(measured).toHaveLatencyBelow('p50', '5')).toThrow('a duration such as "5ms"')
  })
})

describe('toReachThroughput', () => {
  it('wants it of every block where there are too few for an interval', () => {
    expect(report({ values: { 'sub throughput': [100] } })).toReachThroughput(100)
    expect(report({ values: { 'sub throughput': [90, 95] } })).not.toReachThroughput(100)
    expect(() => expect(report({ values: { 'sub throughput': [90, 110] } })).toReachThroughput(100)).toThrow(
      'cannot tell',
    )
  })
})

describe('toRunFasterThan', () => {
  const fast = report({ values: { 'sub throughput': [210, 220, 230], 'sub latency.p50': [10, 11, 12] } })
  const slow = report({ values: { 'sub throughput': [100, 110, 120], 'sub latency.p50': [20, 21, 22] } })

  it('passes when every run is better, in the direction of the metric', () => {
    expect(fast).toRunFasterThan(slow)
    expect(slow).not.toRunFasterThan(fast)
    expect(fast).toRunFasterThan(slow, { metric: 'latency.p50' })
  })

  it('cannot tell when the runs overlap or are too few', () => {
    const mixed = report({ values: { 'sub throughput': [90, 115, 125] } })
    expect(() => expect(mixed).toRunFasterThan(slow)).toThrow('zero lies inside')
    const single = report({ values: { 'sub throughput': [900] } })
    expect(() => expect(single).toRunFasterThan(slow)).toThrow('3 blocks a side are needed, got 1 and 3')
  })
})
