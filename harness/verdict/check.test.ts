import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import { summarise } from '../stats/summarise.ts'
import { normal, seeded } from '../stats/random.ts'
import { check } from './check.ts'
import type { PairedMetric, Round } from './check.ts'
import { pairsOf } from './pairs.ts'

const look = (pairs: number): Round => ({ pairs })

/** Pairs whose head is the base × `change`, with `noise`. */
function metric(change: number, noise: number, pairs: number, more: Partial<PairedMetric> = {}): PairedMetric {
  const random = seeded(Math.round(change * 1000) + pairs)
  return {
    workload: 'sub',
    metric: 'latency.p50',
    unit: 'ns',
    better: 'lower',
    margin: 0.03,
    pairs: Array.from({ length: pairs }, () => {
      const base = 1e5 * (1 + noise * normal(random))
      return { base, head: base * change * (1 + noise * normal(random)) }
    }),
    ...more,
  }
}

describe('check', () => {
  it('asks for a first look before anything was run', () => {
    const { next, verdict } = check({ metrics: [metric(1, 0.01, 0)], rounds: [] })
    expect(next).toBe(12)
    expect(verdict.outcome).toBe('unknown')
  })

  it('says same where the whole interval lies inside the margin', () => {
    const { answers, verdict, next } = check({ metrics: [metric(1, 0.01, 10)], rounds: [look(10)] })
    expect(answers[0]?.answer).toBe('same')
    expect(answers[0]?.because).toMatch(/^same: a change of .* over 10 pairs; wanted: the whole interval within ±3.0 %/)
    expect(verdict.outcome).toBe('pass')
    expect(next).toBe(0)
  })

  it('takes a block in which nothing came for worse, not for one that was not there', () => {
    const dead = metric(1, 0.001, 40, { metric: 'throughput', unit: 'msg/s', better: 'higher' })
    const pairs = dead.pairs.map((pair, i) => (i % 4 === 0 ? { ...pair, head: 0 } : pair))
    const rounds = [look(12), look(6), look(9), look(13)]
    const { answers, verdict } = check({ metrics: [{ ...dead, pairs }], rounds })
    expect(answers[0]?.answer).not.toBe('same')
    expect(verdict.outcome).not.toBe('pass')
    const all = check({ metrics: [{ ...dead, pairs: dead.pairs.map((pair) => ({ ...pair, head: 0 })) }], rounds })
    expect(all.answers[0]?.answer).toBe('worse')
    expect(all.answers[0]?.because).toContain('−100.0 %')
  })

  it('counts only pairs that give a change', () => {
    const one = metric(1, 0.01, 8)
    const pairs = one.pairs.map((pair, i) => (i === 0 ? { base: 0, head: 0 } : pair))
    expect(check({ metrics: [{ ...one, pairs }], rounds: [look(8)] }).answers[0]?.because).toContain('7 pairs')
  })

  it('tells one pair in the singular', () => {
    const lost = { workload: 'sub', metric: 'loss', unit: 'count', better: 'lower', margin: 0 } as const
    const { answers } = check({ metrics: [{ ...lost, pairs: [{ base: 0, head: 0 }] }], rounds: [look(1)] })
    expect(answers[0]?.because).toMatch(/^same: a change of ±0 without an interval over 1 pair; /)
  })

  it('raises no alarm on the first few pairs, however plain they look', () => {
    const { answers, verdict, next } = check({ metrics: [metric(1.1, 0.01, 8)], rounds: [look(8)] })
    expect(answers[0]).toMatchObject({ answer: 'cannot tell', leans: 'worse' })
    expect(verdict.outcome).toBe('unknown')
    expect(next).toBe(4)
  })

  it('says worse once it is sure, with number seen, number wanted, pairs and what to do', () => {
    const { answers, verdict, next } = check({ metrics: [metric(1.1, 0.01, 18)], rounds: [look(12), look(6)] })
    expect(answers[0]?.because).toMatch(
      /^worse: a change of \+\d+\.\d % \(\d+ % interval .* … .*\) over 18 pairs; wanted: .*Next: /,
    )
    expect(verdict.outcome).toBe('fail')
    expect(next).toBe(0)
  })

  it('is not misled by a stretch of bad luck that later pairs do not repeat', () => {
    const first = metric(1.1, 0.01, 6)
    const rest = metric(1, 0.01, 12)
    const mixed = { ...first, pairs: [...first.pairs, ...rest.pairs] }
    const { answers } = check({ metrics: [mixed], rounds: [look(12), look(6)] })
    expect(answers[0]?.answer).not.toBe('worse')
  })

  it('tells better, in the direction that is better for the metric', () => {
    const faster = metric(1.1, 0.01, 18, { metric: 'throughput', unit: 'msg/s', better: 'higher' })
    expect(check({ metrics: [faster], rounds: [look(12), look(6)] }).answers[0]?.answer).toBe('better')
    const { answers } = check({ metrics: [metric(0.9, 0.01, 18)], rounds: [look(12), look(6)] })
    expect(answers[0]?.answer).toBe('better')
  })

  it('cannot tell from few noisy pairs, and says how many would do', () => {
    const { answers } = check({ metrics: [metric(1, 0.05, 5)], rounds: [look(5)] })
    expect(answers[0]?.because).toMatch(
      /^cannot tell: 5 pairs give a change of .*; wanted: .* Next: about \d+ pairs would decide 3.0 %/,
    )
    expect(answers[0]?.pairsNeeded).toBeGreaterThan(10)
  })

  it('says probably worse where the whole interval is on one side, and never an absurd count of pairs', () => {
    const leaning = check({ metrics: [metric(1.04, 0.02, 10)], rounds: [look(10)] })
    expect(leaning.answers[0]).toMatchObject({ answer: 'cannot tell', leans: 'worse' })
    expect(leaning.answers[0]?.because).toMatch(/^probably worse, not yet sure: 10 pairs give/)
    const noisy = check({ metrics: [metric(1, 0.6, 10)], rounds: [look(10)] })
    expect(noisy.answers[0]?.pairsNeeded).toBeGreaterThan(1000)
    expect(noisy.answers[0]?.because).toMatch(
      /Next: this metric is too noisy here for 60 pairs to decide 3\.0 % \(they could decide about \d\d\.\d %\): longer blocks/,
    )
    expect(noisy.answers[0]?.because).not.toContain(String(noisy.answers[0]?.pairsNeeded))
  })

  it('adds pairs while there is a budget, and stops when it is spent', () => {
    const noisy = (pairs: number) => [metric(1, 0.08, pairs)]
    const settings = { mostPairs: 20 }
    expect(check({ metrics: noisy(10), rounds: [look(10)], settings }).next).toBe(5)
    expect(check({ metrics: noisy(20), rounds: [look(10), look(5), look(5)], settings }).next).toBe(0)
  })

  it('holds a loss against the head only where it is repeated, and calls counts the same only where they are equal', () => {
    const counts = (heads: readonly number[]) =>
      metric(1, 0, 0, { metric: 'loss', unit: 'count', margin: 0, pairs: heads.map((head) => ({ base: 0, head })) })
    const none = new Array<number>(18).fill(0)
    expect(check({ metrics: [counts(none.slice(0, 10))], rounds: [look(10)] }).verdict.outcome).toBe('pass')
    const once = [...none.slice(0, 9), 5]
    expect(check({ metrics: [counts(once)], rounds: [look(10)] }).verdict.outcome).toBe('unknown')
    const always = none.map((_, i) => 100 + i)
    expect(check({ metrics: [counts(always)], rounds: [look(12), look(6)] }).verdict.outcome).toBe('fail')
  })

  it('cannot tell without values, or without anything to judge', () => {
    const empty = metric(1, 0, 0, { pairs: Array.from({ length: 10 }, () => ({ base: 1, head: undefined })) })
    expect(check({ metrics: [empty], rounds: [look(10)] }).answers[0]?.because).toContain(
      'no pair of blocks has a value',
    )
    expect(check({ metrics: [], rounds: [look(10)] }).verdict.outcome).toBe('unknown')
  })
})

describe('a percentile that is the lag of the generator', () => {
  it('is neither worse nor the same', () => {
    for (const factor of [1, 1.5]) {
      const { answers } = check({ metrics: [metric(factor, 0.01, 10, { lagged: true })], rounds: [look(10)] })
      expect(answers[0]?.answer).toBe('cannot tell')
      expect(answers[0]?.because).toContain("the generator's own send lag")
    }
  })
})

describe('pairsOf', () => {
  it('sets the blocks of base and head side by side, in their order, for the judged metrics only', async () => {
    const report = await summarise(recording({ blocks: 4, variants: ['base', 'head'] }))
    const metrics = pairsOf([report, report], 'base', 'head')
    const throughput = metrics.find(({ workload, metric: name }) => workload === 'sub' && name === 'throughput')
    expect(throughput?.pairs).toHaveLength(8)
    expect(metrics.map(({ metric: name }) => name)).not.toContain('sendLag.p99')
    expect(check({ metrics, rounds: [look(8)], settings: { mostPairs: 8 } }).verdict.outcome).toBe('pass')
  })

  it('keeps the place of a block without a value', async () => {
    const report = await summarise(
      recording({
        blocks: 3,
        variants: ['base', 'head'],
        edit: (line) => (line.t === 'blockEnd' && line.block === 3 ? { ...line, outcome: 'failed' } : line),
      }),
    )
    const pairs = pairsOf([report], 'base', 'head')[0]?.pairs ?? []
    expect(pairs.map(({ head }) => head === undefined)).toEqual([false, true, false])
  })

  it('judges further metrics where a margin is given for them', async () => {
    const report = await summarise(recording({ variants: ['base', 'head'] }))
    const found = pairsOf([report], 'base', 'head', { 'latency.p99.9': 0.1, '*': 0.05 })
    const margins = Object.fromEntries(
      found.map(({ workload, metric: name, margin }) => [`${workload} ${name}`, margin]),
    )
    expect(margins['sub latency.p99.9']).toBe(0.1)
    expect(margins['sub throughput']).toBe(0.05)
    expect(margins['sub loss']).toBe(0)
  })
})
