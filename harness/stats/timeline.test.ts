import { describe, expect, it } from 'vitest'
import { recording, zero } from '../../fixtures/statistics/synthetic.ts'
import { Histogram } from '../agent/histogram.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame, Phase } from '../model/recording.ts'
import { addFrame, openBlock } from './block-fold.ts'
import type { BlockFold } from './block-fold.ts'
import { seriesOf } from './series.ts'
import { binsOf, Meterline, RateLine } from './timeline.ts'

const short: Phases = { warmupMs: 300, measureMs: 1000, cooldownMs: 100 }

function opened(phases: Phases): BlockFold {
  const [head] = recording({ blocks: 1 })
  if (head?.t !== 'plan') throw new Error('a recording begins with its plan')
  const { plan } = head
  const variants = plan.variants.map((variant) => ({ ...variant, phases }))
  const block = openBlock({ ...plan, variants }, { index: 0, variant: 'default', repeat: 0 })
  if (block === undefined) throw new Error('the plan has no such variant')
  return block
}

/** `from` and `to` in seconds; `latency` is that of every message. */
function sample(phase: Phase, from: number, to: number, received: number, latency: number, gcNs = 0): Frame {
  const histogram = new Histogram()
  for (let i = 0; i < received; i++) histogram.record(latency)
  const meter = {
    cpuUserMicros: 0,
    cpuSystemMicros: 0,
    memoryBytes: 0,
    switchesVoluntary: 0,
    switchesInvoluntary: 0,
    gcCount: 3,
    gcNs,
  }
  const counts = { ...zero, received }
  return {
    t: 'sample',
    from: from * 1e9,
    to: to * 1e9,
    phase,
    counts,
    histograms: { latency: histogram.gaps() },
    meter,
  }
}

function pointsOf(block: BlockFold, metric: string): readonly (readonly [number, number])[] {
  const series = seriesOf(block).find((each) => each.of === 'sub' && each.metric === metric)
  return (series?.points ?? []).map(([at, value]) => [at, Math.round(value)] as const)
}

describe('the time line of a short block', () => {
  const block = opened(short)
  addFrame(block, 'sub@recv', sample('warmup', 0, 0.3, 3000, 900))
  addFrame(block, 'sub@recv', sample('measure', 0.3, 1.3, 20_000, 500))
  // 0.1 s of load and then nothing until the agent is done
  addFrame(block, 'sub@recv', sample('cooldown', 1.3, 1.7, 2000, 700))

  it('ends with the measured window: the idle end of the cool-down is no rate', () => {
    expect(pointsOf(block, 'throughput').at(-1)).toEqual([1.3, 20_000])
    expect(pointsOf(block, 'latency.p50').at(-1)).toEqual([1.3, 500])
  })

  it('mixes no warm-up into the measured points, and divides by the time that samples cover', () => {
    expect(pointsOf(block, 'throughput')).toEqual([
      [0.3, 10_000],
      [1.3, 20_000],
    ])
    expect(pointsOf(block, 'latency.p50')).toEqual([
      [0.3, 900],
      [1.3, 500],
    ])
  })

  it('ends a last bin that is not full where its samples end', () => {
    const half = opened({ ...short, measureMs: 1500 })
    addFrame(half, 'sub@recv', sample('measure', 0.3, 1.3, 20_000, 500))
    addFrame(half, 'sub@recv', sample('measure', 1.3, 1.8, 10_000, 600))
    expect(pointsOf(half, 'throughput').at(-1)).toEqual([1.8, 20_000])
    expect(pointsOf(half, 'latency.p99').at(-1)).toEqual([1.8, 600])
  })
})

describe('binsOf', () => {
  it.each([
    ['a warm-up of whole seconds', { warmupMs: 2000, measureMs: 5000, cooldownMs: 200 }, { ns: 1e9, origin: 0 }],
    ['a warm-up that ends inside a second', { ...short, warmupMs: 2300 }, { ns: 1e9, origin: -0.7e9 }],
    ['no warm-up', { ...short, warmupMs: 0 }, { ns: 1e9, origin: 0 }],
    ['a long block', { warmupMs: 5000, measureMs: 1_195_000, cooldownMs: 0 }, { ns: 2e9, origin: -1e9 }],
  ])('begins a bin where the warm-up ends, with %s', (_, phases, bins) => {
    expect(binsOf(phases)).toEqual(bins)
  })
})

describe('RateLine', () => {
  it('sums up to an instant inside the bins, wherever they begin', () => {
    const line = new RateLine(binsOf(short))
    line.add(0, 0.3e9, 300)
    line.add(0.3e9, 1.3e9, 2000)
    expect(line.cumulativeAt(0.15e9)).toBeCloseTo(150, 6)
    expect(line.cumulativeAt(0.8e9)).toBeCloseTo(1300, 6)
    expect(line.cumulativeAt(9e9)).toBeCloseTo(2300, 6)
  })
})

describe('marks of garbage collections', () => {
  it('are as long as the collections took, at the end of the sample', () => {
    const block = opened(short)
    addFrame(block, 'sub@recv', sample('measure', 0.3, 1.3, 1, 500, 14e6))
    expect(block.marks).toEqual([
      { block: 0, from: 1.286, to: 1.3, what: 'sub@recv: 14 ms in 3 garbage collections', kind: 'collection' },
    ])
  })

  it('are never longer than the sample', () => {
    const block = opened(short)
    addFrame(block, 'sub@recv', sample('warmup', 0.25, 0.3, 1, 500, 80e6))
    expect(block.marks.map(({ from, to }) => [from, to])).toEqual([[0.25, 0.3]])
  })

  it('leave out the agents of the floor, which ran before the load', () => {
    const block = opened(short)
    addFrame(block, 'floor-ping@send', sample('measure', 0, 0.2, 1, 500, 40e6))
    expect(block.marks).toEqual([])
  })
})

it('knows no growth where there was no window, as in a run that was stopped before it', () => {
  const line = new Meterline()
  line.add(0, 5)
  line.add(1e9, 9)
  expect([line.ratePerSecond(0, 1e9), line.ratePerSecond(Infinity, -Infinity)]).toEqual([4, undefined])
})
