import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Made } from '../../fixtures/statistics/synthetic.ts'
import { bucketIndex } from '../agent/histogram.ts'
import type { Frame, Line } from '../model/recording.ts'
import { summarise } from './summarise.ts'

type Sample = Extract<Frame, { t: 'sample' }>

const report = (wanted: Partial<Made> = {}) => summarise(recording(wanted))

function editFrames(edit: (frame: Frame, from: string, block: number) => Frame | undefined): Partial<Made> {
  return {
    edit: (line) => {
      if (line.t !== 'frame') return line
      const frame = edit(line.frame, line.from, line.block)
      return frame === undefined ? undefined : { ...line, frame }
    },
  }
}

function editSamples(workload: string, edit: (sample: Sample, block: number) => Frame): Partial<Made> {
  return editFrames((frame, from, block) =>
    frame.t === 'sample' && from.startsWith(`${workload}@`) ? edit(frame, block) : frame,
  )
}

async function values(wanted: Partial<Made>, workload: string, metric: string): Promise<(number | undefined)[]> {
  const { measurements } = await report(wanted)
  const row = measurements.find((each) => each.workload === workload && each.metric === metric)
  return row?.values.map(({ value }) => value) ?? []
}

async function rules(wanted: Partial<Made>): Promise<string[]> {
  const { health } = await report(wanted)
  return health.filter(({ outcome }) => outcome !== 'pass').map(({ rule }) => rule)
}

describe('summarise', () => {
  it('counts throughput in the measured window only, summed over agents', async () => {
    expect(await values({}, 'pub', 'throughput')).toEqual([10_000, 10_000, 10_000])
    expect(await values({ receivers: 4 }, 'sub', 'throughput')).toEqual([40_000, 40_000, 40_000])
    const doubledWarmup = editSamples('sub', (sample) =>
      sample.phase === 'warmup' ? { ...sample, counts: { ...sample.counts, received: 1e9 } } : sample,
    )
    expect(await values(doubledWarmup, 'sub', 'throughput')).toEqual([10_000, 10_000, 10_000])
  })

  it('divides the counts of each agent by its own actual span', async () => {
    const late = editSamples('sub', (sample) => ({ ...sample, to: sample.from + 1.25e9 }))
    expect(await values(late, 'sub', 'throughput')).toEqual([8000, 8000, 8000])
  })

  it('takes quantiles from merged histograms, each with an interval around it', async () => {
    const { measurements } = await report({ receivers: 2 })
    const row = measurements.find(({ workload, metric }) => workload === 'sub' && metric === 'latency.p99')
    for (const { value = 0, interval = [0, 0] } of row?.values ?? []) {
      expect(value).toBeGreaterThan(198_800)
      expect(value).toBeLessThan(199_300)
      expect(interval[0]).toBeLessThanOrEqual(value)
      expect(interval[1]).toBeGreaterThanOrEqual(value)
    }
    expect(row?.values).toHaveLength(3)
  })

  it('tells the memory of a server from its readings in the measured window', async () => {
    const mem = [900e6, 20e6, 25e6, 23e6]
    const read = editFrames((frame) =>
      frame.t === 'server'
        ? { ...frame, counters: { ...frame.counters, mem: mem[Math.round(frame.at / 1e9)] ?? 22e6 } }
        : frame,
    )
    expect(await values({ blocks: 1, ...read }, 'sub', 'memory.server')).toEqual([25e6])
    expect(await values({ blocks: 1, ...read }, 'sub', 'memory.serverGrowth')).toEqual([2e6])
    expect(await values({ blocks: 1 }, 'sub', 'memory.server')).toEqual([])
  })

  it('tells how even the members of a queue group were served', async () => {
    const members = (received: readonly number[]) =>
      editFrames((frame, from) =>
        frame.t === 'done' && from.startsWith('sub@') ? { ...frame, perConnection: [...received] } : frame,
      )
    expect(await values({ blocks: 1, ...members([90, 110, 100]) }, 'sub', 'evenness')).toEqual([0.9])
    expect(await values({ blocks: 1, ...members([0, 100]) }, 'sub', 'evenness')).toEqual([0])
    expect(await values({ blocks: 1, ...members([100]) }, 'sub', 'evenness')).toEqual([])
    expect(await values({ blocks: 1 }, 'sub', 'evenness')).toEqual([])
  })

  it('leaves a percentile without a value where fewer than 10 samples lie beyond it', async () => {
    const thin = { perSecond: 1000, seconds: 5 }
    expect(await values(thin, 'sub', 'latency.p99')).not.toContain(undefined)
    expect(await values(thin, 'sub', 'latency.p99.9')).toEqual([undefined, undefined, undefined])
  })

  it('finds the CPU of agents and servers for each message', async () => {
    expect(await values({}, 'pub', 'cpu.perMessage')).toEqual([30, 30, 30])
    const server = await values({ receivers: 2 }, 'sub', 'cpu.server')
    for (const value of server) expect(value).toBeCloseTo(25, 6)
  })

  it('gives a node at least the CPU of its agents, for a reading after their end has lost it', async () => {
    const usage = { cpuUserMicros: 900_000, cpuSystemMicros: 0, memoryBytes: 2e6 }
    const lines = [...recording({ blocks: 1, seconds: 5 })].flatMap((line): Line[] => {
      if (line.t !== 'blockEnd') return [line]
      const reading = (at: number): Line => ({ t: 'frame', block: 0, from: 'send', frame: { t: 'usage', at, usage } })
      return [reading(1e9), reading(6e9), line]
    })
    const { nodes } = await summarise(lines)
    expect(nodes.find(({ node }) => node === 'send')?.cpuShare).toBeCloseTo(0.3, 6)
  })

  it('does not charge a node with the floor, which was measured before the load', async () => {
    const made = editSamples('floor-ping', (s) => ({
      ...s,
      phase: 'measure',
      meter: { ...s.meter, cpuUserMicros: 900_000 },
    }))
    const { nodes } = await report({ ...made, blocks: 1 })
    expect(nodes.find(({ node }) => node === 'send')?.cpuShare).toBeCloseTo(0.3, 6)
  })

  it('accounts for each message along the flows, for every receiver', async () => {
    expect(await values({ receivers: 3 }, 'sub', 'loss')).toEqual([0, 0, 0])
    const lossy = editFrames((frame, from, block) =>
      frame.t === 'done' && from === 'sub@recv-2' && block === 1 ? { ...frame, perPublisher: { '0': 59_990 } } : frame,
    )
    expect(await values({ receivers: 3, ...lossy }, 'sub', 'loss')).toEqual([0, 10, 0])
    expect(await rules({ receivers: 3, ...lossy })).toEqual(['loss'])
  })

  it('gives no loss where an account was never closed, and says who is missing', async () => {
    const silent = editFrames((frame, from) => (frame.t === 'done' && from === 'sub@recv' ? undefined : frame))
    expect(await values(silent, 'sub', 'loss')).toEqual([])
    const { health } = await report(silent)
    expect(health[0]?.because).toContain('sub@recv sent no final counts')
  })

  it('is healthy when everything adds up, and says what was looked at', async () => {
    const { health } = await report()
    expect(health.map(({ outcome }) => outcome)).toEqual(['pass'])
    expect(health[0]?.because).toContain('3 blocks examined')
  })

  it.each<[string, Partial<Made>]>([
    ['negative-latency', editSamples('sub', (s) => ({ ...s, counts: { ...s.counts, negative: 1 } }))],
    ['undecodable', editSamples('sub', (s) => ({ ...s, counts: { ...s.counts, undecodable: 1 } }))],
    ['rate-kept', editSamples('pub', (s) => ({ ...s, counts: { ...s.counts, sent: 9000 } }))],
  ])('finds %s', async (rule, wanted) => {
    const edit: Made['edit'] = (line) => {
      // Without `done`, totals are what the samples say.
      if (line.t === 'frame' && line.frame.t === 'done') return undefined
      return wanted.edit?.(line)
    }
    expect(await rules({ edit })).toContain(rule)
  })

  it('finds slow consumers and counters that disagree', async () => {
    const cutOff = (cut: (at: number) => number) =>
      editFrames((frame) =>
        frame.t === 'server' ? { ...frame, counters: { ...frame.counters, slow_consumers: cut(frame.at) } } : frame,
      )
    expect(await rules(cutOff((at) => (at === 0 ? 0 : 1)))).toContain('slow-consumers')
    // The same server was there before this block.
    expect(await rules(cutOff(() => 1))).not.toContain('slow-consumers')
    const foreign = editFrames((frame) =>
      frame.t === 'server' ? { ...frame, counters: { in_msgs: (frame.counters['in_msgs'] ?? 0) * 1.2 } } : frame,
    )
    expect(await rules(foreign)).toContain('server-counters')
  })

  it('refuses to believe clocks that live in different time namespaces', async () => {
    const shifted = editFrames((frame, from) =>
      frame.t === 'hello'
        ? { ...frame, clock: { ...frame.clock, offsets: from === 'sub@recv' ? 'monotonic 5 0' : 'monotonic 0 0' } }
        : frame,
    )
    expect(await rules(shifted)).toContain('clocks')
  })

  it('counts the process that agents of two nodes shared once, and says whose it was', async () => {
    const alone = await report()
    const shared = await report(
      editFrames((frame, from) => (frame.t === 'hello' && from === 'sub@recv' ? { ...frame, node: 'send' } : frame)),
    )
    const cpu = ({ measurements }: typeof alone, workload: string) =>
      measurements.find((each) => each.workload === workload && each.metric === 'cpu.perMessage')?.values
    expect(cpu(shared, 'pub')).toEqual(cpu(alone, 'pub'))
    expect([cpu(alone, 'sub')?.length, cpu(shared, 'sub')]).toEqual([3, undefined])
    expect(shared.nodes.map(({ node }) => node)).not.toContain('recv')
    expect([alone.shared, shared.shared]).toEqual([undefined, [{ node: 'send', agents: ['sub@recv'] }]])
  })

  it('says it where the floor is near, and gives up where the floor is all there is', async () => {
    const near = editSamples('sub', (s) => ({
      ...s,
      histograms: {
        latency: { significantBits: 11, min: 8000, max: 8000, total: 1000, buckets: [bucketIndex(8000, 11), 1000] },
      },
    }))
    expect(await rules(near)).toContain('floor')
    const { health } = await report({})
    expect(health.find(({ rule }) => rule === 'floor')).toBeUndefined()
  })

  it('names the schedule as the limit where it was kept', async () => {
    const { bottlenecks } = await report()
    expect(bottlenecks.map(({ limiter }) => limiter)).toEqual(['rate'])
    expect(bottlenecks[0]?.because).toContain('was kept (10,000 msg/s)')
    expect(bottlenecks[0]?.because).toContain('hub 50 %')
  })

  it('names the generator where it used up its core and missed the rate', async () => {
    const busy = editSamples('pub', (s) => ({
      ...s,
      counts: { ...s.counts, sent: 8000 },
      meter: { ...s.meter, cpuUserMicros: 970_000, cpuSystemMicros: 0 },
    }))
    const { bottlenecks } = await report(busy)
    expect(bottlenecks[0]?.limiter).toBe('generator')
    expect(bottlenecks[0]?.because).toContain('pub@send is at 97 %')
  })

  it('draws throughput, quantiles and CPU second by second', async () => {
    const { series } = await report({ blocks: 1 })
    const of = (metric: string) => series.find((each) => each.metric === metric && each.of !== 'pub')
    expect(of('throughput')?.points).toEqual([1, 2, 3, 4, 5, 6].map((s) => [s, 10_000]))
    expect(of('latency.p99')?.points).toHaveLength(6)
    expect(of('cpu')?.points.at(-1)).toEqual([6, 0.5])
  })

  it('marks long garbage collections, as long as they took and at the end of their sample', async () => {
    const paused = editSamples('sub', (s) =>
      s.from === 2e9 ? { ...s, meter: { ...s.meter, gcNs: 25e6, gcCount: 2 } } : s,
    )
    const { marks } = await report({ blocks: 1, ...paused })
    expect(marks).toEqual([
      { block: 0, from: 2.975, to: 3, what: 'sub@recv: 25 ms in 2 garbage collections', kind: 'collection' },
    ])
  })

  it('keeps variants apart and summarises each with the confidence it reached', async () => {
    const { summaries } = await report({ blocks: 5, variants: ['a', 'b'] })
    const rows = summaries.filter(({ workload, metric }) => workload === 'sub' && metric === 'throughput')
    expect(rows.map(({ variant, blocks }) => [variant, blocks])).toEqual([
      ['a', 5],
      ['b', 5],
    ])
    expect(rows[0]?.confidence).toBeCloseTo(0.9375, 10)
  })
})

describe('summarise of a recording that was cut off', () => {
  const cut = (at: number): Line[] => [...recording()].slice(0, at)
  const whole = [...recording()].length

  it('gives a report at every line after the plan, never healthy before the end', async () => {
    for (let at = 1; at < whole; at += 7) {
      const { state, health, bottlenecks } = await summarise(cut(at))
      expect(state).toBe('interrupted')
      expect(bottlenecks.map(({ because }) => because).join()).not.toContain('NaN')
      expect(health.filter(({ rule, because }) => rule === 'rate-kept' && because.includes('sent 0 of'))).toEqual([])
      expect(health.some(({ outcome }) => outcome === 'unknown')).toBe(true)
    }
  })

  it('shows the unfinished block only where no block was finished', async () => {
    const lines = [...recording()]
    const firstEnd = lines.findIndex(({ t }) => t === 'blockEnd')
    const early = await summarise(lines.slice(0, firstEnd))
    expect(early.measurements.find(({ metric }) => metric === 'throughput')?.values).toHaveLength(1)
    const later = await summarise(lines.slice(0, firstEnd * 2 - 5))
    expect(later.measurements.find(({ metric }) => metric === 'throughput')?.values).toHaveLength(1)
    expect(later.health.some(({ about }) => about.startsWith('block 2'))).toBe(true)
  })

  it('leaves the numbers of a failed block out and says why it failed', async () => {
    const edit: Made['edit'] = (line) =>
      line.t === 'blockEnd' && line.block === 1 ? { ...line, outcome: 'failed', because: 'the server died' } : line
    const { measurements, health } = await report({ edit })
    expect(measurements[0]?.values.map(({ block }) => block)).toEqual([0, 2])
    expect(health.find(({ rule }) => rule === 'block')?.because).toContain('the server died')
  })

  it('says the cause of a failed run once', async () => {
    const because = 'the server died'
    const edit: Made['edit'] = (line) => {
      if (line.t === 'blockEnd' && line.block === 2) return { ...line, outcome: 'failed', because }
      return line.t === 'end' ? { ...line, outcome: 'failed', because } : line
    }
    const { health } = await report({ edit })
    expect(health.filter((each) => each.because.includes(because)).map(({ rule }) => rule)).toEqual(['complete'])
    expect(health.find(({ rule }) => rule === 'block')?.because).toBe('it failed')
  })

  it('is unknown, not healthy, where nothing was measured', async () => {
    const empty = editFrames((frame) => (frame.t === 'sample' ? undefined : frame))
    const { health, measurements } = await report(empty)
    expect(measurements.filter(({ metric }) => metric === 'throughput')).toEqual([])
    expect(health.some(({ rule, outcome }) => rule === 'measured' && outcome === 'unknown')).toBe(true)
  })

  it('refuses a recording without a plan', async () => {
    await expect(summarise([])).rejects.toThrow('recording must begin with its plan')
  })
})

describe('summarise looks for a steady state', () => {
  const flood: Made['edit'] = (line) => {
    if (line.t !== 'plan') return line
    const variants = line.plan.variants.map((variant) => ({
      ...variant,
      assignments: variant.assignments.map((assignment) =>
        assignment.job.kind === 'publish'
          ? { ...assignment, job: { ...assignment.job, arrivals: { kind: 'flood' } as const } }
          : assignment,
      ),
    }))
    return { ...line, plan: { ...line.plan, variants } }
  }
  const shaped = (sent: (second: number, block: number) => number): Partial<Made> => {
    const { edit } = editSamples('pub', (s, block) => ({
      ...s,
      counts: { ...s.counts, sent: sent(s.from / 1e9, block) },
    }))
    return {
      edit: (line) => {
        const next = edit?.(line)
        return next === undefined ? undefined : flood(next)
      },
    }
  }

  it('and cannot believe a throughput that falls within every block', async () => {
    expect(await rules({ seconds: 8, ...shaped((second) => 10_000 - 600 * second) })).toContain('steady')
    expect(await rules({ seconds: 8, ...shaped((second) => 10_000 + 50 * (second % 2)) })).not.toContain('steady')
  })

  it('and not from a single block, which may drift by chance', async () => {
    expect(await rules({ seconds: 8, blocks: 1, ...shaped((second) => 10_000 - 600 * second) })).not.toContain('steady')
  })

  it('and tells of a session that slows down block by block', async () => {
    const { health } = await report({ blocks: 8, ...shaped((_, block) => 10_000 - 400 * block) })
    expect(health.find(({ rule }) => rule === 'session-drift')?.because).toContain('over 8 blocks')
  })

  it('and tells of receivers that get less than was sent', async () => {
    const { health } = await report(shaped(() => 15_000))
    const found = health.find(({ rule }) => rule === 'backlog')
    expect(found?.outcome).toBe('pass')
    expect(found?.because).toContain('received 67 % of what pub sent')
  })

  it('and cannot tell where they do so at a rate that was set', async () => {
    const behind = editSamples('sub', (s) => ({ ...s, counts: { ...s.counts, received: s.counts.received * 0.6 } }))
    const found = (await report(behind)).health.find(({ rule }) => rule === 'backlog')
    expect(found?.outcome).toBe('unknown')
    expect(found?.because).toMatch(/^received 60 % of what pub sent .* a queue that grows/)
  })

  it('and does not miss duplicates, which a stream acknowledges and does not deliver', async () => {
    const behind = editSamples('sub', (s) => ({ ...s, counts: { ...s.counts, received: s.counts.received * 0.6 } }))
    function* lines(duplicates: number): Generator<Line> {
      for (const line of recording(behind)) {
        const acked = { t: 'acked' as const, publishers: { 0: { count: 600, bits: '' } }, duplicates, errors: {} }
        if (line.t === 'frame' && line.from === 'pub@send' && line.frame.t === 'done') yield { ...line, frame: acked }
        yield line
      }
    }
    const told = (duplicates: number) => summarise(lines(duplicates))
    expect((await told(400)).health.map(({ rule }) => rule)).not.toContain('backlog')
    expect((await told(0)).health.map(({ rule }) => rule)).toContain('backlog')
  })

  it('and cannot tell where a schedule still catches up with its start', async () => {
    const after = (share: number) =>
      editSamples('sub', (s) => ({ ...s, counts: { ...s.counts, received: Math.round(s.counts.received * share) } }))
    const found = (await report(after(1.14))).health.find(({ rule }) => rule === 'backlog')
    expect(found?.outcome).toBe('unknown')
    expect(found?.because).toMatch(/^received 114 % of what pub sent in the measured window: it still caught up/)
    expect(await rules(after(1.04))).not.toContain('backlog')
  })

  it.each([
    [0, 'nothing'],
    [0.0002, '10 messages'],
  ])(
    'and cannot tell where of a flood a share of %d came in the window, as on a slow emulated board',
    async (share, words) => {
      const nothing = editSamples('sub', (s) => ({
        ...s,
        counts: { ...s.counts, received: Math.round(s.counts.received * share) },
      }))
      const edit: Made['edit'] = (line) => {
        const next = nothing.edit?.(line)
        return next === undefined ? undefined : flood(next)
      }
      const found = (await report({ edit })).health.find(({ rule }) => rule === 'backlog')
      expect(found?.outcome).toBe('unknown')
      expect(found?.because).toContain(
        `received ${words} of what pub sent in the measured window, the rest waited in buffers`,
      )
    },
  )

  it.each([
    [
      900,
      'unknown',
      /^received 1\.0 % of what pub sent in .*, and nothing at all for 90 % of it at a stretch; .* Measure/,
    ],
    [400, 'pass', /trust the receiving rate/],
  ])('and where it came in pieces: nothing for %d ms of each second is %s', async (pauseMs, outcome, words) => {
    const pieces = editSamples('sub', (s) => ({
      ...s,
      counts: { ...s.counts, received: Math.round(s.counts.received * 0.01) },
      gap: { from: s.to - pauseMs * 1e6, to: s.to },
    }))
    const edit: Made['edit'] = (line) => {
      const next = pieces.edit?.(line)
      return next === undefined ? undefined : flood(next)
    }
    const found = (await report({ edit, seconds: 1 })).health.find(({ rule }) => rule === 'backlog')
    expect(found?.outcome).toBe(outcome)
    expect(found?.because).toMatch(words)
  })

  it('and names a machine that was crowded before, where nothing tells of the time itself', async () => {
    const crowd = shaped(() => 10_000)
    const edit: Made['edit'] = (line) =>
      line.t === 'facts'
        ? { ...line, facts: { ...line.facts, host: { ...line.facts.host, loadAverage: 26 } } }
        : crowd.edit?.(line)
    const { bottlenecks, health } = await report({ edit })
    expect(bottlenecks[0]?.limiter).toBe('machine')
    expect(health.map(({ rule }) => rule)).toContain('busy-host')
  })
})
