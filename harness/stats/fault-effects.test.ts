import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Frame, Line } from '../model/recording.ts'
import type { Fault, Scenario } from '../model/scenario.ts'
import { summarise } from './summarise.ts'

const fault: Fault = { at: '3s', kind: 'kill', node: 'hub', lasts: '1s' }
const second = 1e9

interface Wanted {
  /** Of the subscriber: the time without messages that its sample from `at` s on tells of. */
  readonly gaps?: Readonly<Record<number, readonly [number, number]>> | 'unrecorded'
  readonly losses?: readonly (readonly [lost: number, open?: number])[]
  readonly expect?: Scenario['expect']
  readonly edit?: (frame: Frame, from: string) => Frame
  readonly fault?: boolean
  /** Seconds by which it came late. */
  readonly late?: number
  /** Since which second it was there as planned. */
  readonly whole?: number
}

/** 1 s warm-up and 5 s measured; the server is killed at 3 s. */
function report({
  gaps = {},
  losses = [],
  expect: expected,
  edit = (frame) => frame,
  fault: told = true,
  late = 0,
  whole,
}: Wanted) {
  function* lines(): Generator<Line> {
    for (const line of recording({ blocks: 1 })) {
      if (line.t === 'plan') {
        const scenario = { ...line.plan.scenario, ...(expected === undefined ? {} : { expect: expected }) }
        yield { ...line, plan: { ...line.plan, scenario, faults: [fault] } }
      } else if (line.t === 'frame') {
        yield { ...line, frame: withGap(edit(line.frame, line.from), line.from, gaps) }
      } else if (line.t === 'blockEnd') {
        const since = whole === undefined ? {} : { whole: whole * second }
        const frame = (from: string, made: Frame): Line => ({ t: 'frame', block: 0, from, frame: made })
        if (told)
          yield frame('lab', { t: 'fault', at: (3 + late) * second, kind: 'kill hub', on: true, nodes: ['hub'] })
        if (told) yield frame('lab', { t: 'fault', at: (4 + late) * second, kind: 'kill hub', on: false, ...since })
        for (const [connection, [lost, open]] of losses.entries()) {
          const of = { t: 'connection', connection, server: 'hub' } as const
          yield frame('sub@recv', { ...of, state: 'lost', at: lost * second })
          if (open !== undefined) yield frame('sub@recv', { ...of, state: 'open', at: open * second })
        }
        yield line
      } else yield line
    }
  }
  return summarise(lines())
}

function withGap(frame: Frame, from: string, gaps: NonNullable<Wanted['gaps']>): Frame {
  if (frame.t !== 'sample' || from !== 'sub@recv' || gaps === 'unrecorded') return frame
  const [begin, end] = gaps[frame.from / second] ?? [frame.from / second + 0.4, frame.from / second + 0.41]
  return { ...frame, gap: { from: begin * second, to: end * second } }
}

/** From just before the fault to 4.5 s: over three samples. */
const gaps = { 2: [2.99, 3], 3: [2.99, 4], 4: [2.99, 4.5] } as const

async function row(wanted: Wanted) {
  const { faults = [] } = await report(wanted)
  return faults.find(({ workload }) => workload === 'sub')
}

describe('what a fault does', () => {
  it('is the time without messages that it made, over all samples that it spans', async () => {
    expect(await row({ gaps })).toMatchObject({
      fault: 'kill hub',
      nodes: ['hub'],
      from: 3,
      gap: [2.99, 4.5],
      over: true,
      resumed: 1.5 * second,
    })
  })

  it('is no gap where none is three times as long as those before', async () => {
    const found = await row({ gaps: { 4: [4.4, 4.425] } })
    expect(found).not.toHaveProperty('gap')
    expect(found).not.toHaveProperty('resumed')
  })

  it('is not told as none where no gap was recorded, as of consumers in old recordings', async () => {
    const told = async (wanted: Wanted) => (await report(wanted)).health.filter(({ rule }) => rule === 'fault')
    expect(await told({ gaps: { 4: [4.4, 4.425] } })).toMatchObject([
      { because: expect.stringContaining('no gap') as string },
    ])
    expect(await told({ gaps: 'unrecorded' })).toEqual([])
  })

  it('is no gap that began more than a second after it', async () => {
    expect(await row({ gaps: { 5: [5.1, 5.9] } })).not.toHaveProperty('gap')
  })

  it('is not over where no message came again', async () => {
    const found = await row({ gaps: { 3: [2.99, 4], 4: [2.99, 5], 5: [2.99, 6] } })
    expect(found).toMatchObject({ gap: [2.99, 6], over: false, to: 6 })
    expect(found).not.toHaveProperty('resumed')
  })

  it('tells when half, 99 % and all of the connections were open again', async () => {
    const losses = [
      [3.1, 3.5],
      [3.1, 3.2],
      [3.1, 5],
    ] as const
    expect((await row({ losses }))?.connections).toEqual({
      lost: 3,
      half: 0.5 * second,
      most: 2 * second,
      all: 2 * second,
    })
    const never = await row({ losses: [[3.1, 3.5], [3.2]] })
    expect(never?.connections).toEqual({ lost: 2, half: 0.5 * second })
  })

  it('has the times before, during and after it apart', async () => {
    const found = await row({ gaps })
    // 10,000 messages a second: two seconds before it, the seconds from 3 to 5, and the last one.
    expect([found?.before?.total, found?.during?.total, found?.after?.total]).toEqual([20_000, 20_000, 10_000])
  })

  it('is in the metrics, and on the time line', async () => {
    const { measurements, marks } = await report({ gaps })
    const value = (name: string) =>
      measurements.find(({ workload, metric }) => workload === 'sub' && metric === name)?.values[0]?.value
    expect([value('gap'), value('resume')]).toEqual([1.51 * second, 1.5 * second])
    expect(marks.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['fault: kill hub', 'sub: nothing for 1.51 s']),
    )
  })
})

describe('a gap that began before the measured window', () => {
  const early = { 1: [0.5, 2], 2: [0.5, 3], 3: [0.5, 4], 4: [0.5, 4.5] } as const
  const gapOf = async (wanted: Wanted) => {
    const { measurements } = await report(wanted)
    return measurements.find(({ workload, metric }) => workload === 'sub' && metric === 'gap')?.values[0]?.value
  }

  it('counts from the begin of the window, or gives way to a longer one in it', async () => {
    expect(await gapOf({ gaps: early })).toBe(3.5 * second)
    const gaps = { 1: [0.1, 1.1] } as const
    expect(await gapOf({ gaps })).toBe(0.1 * second)
    const edit = (frame: Frame): Frame =>
      frame.t === 'sample' && frame.from === second
        ? { ...frame, gapInWindow: { from: 1.2 * second, to: 1.9 * second } }
        : frame
    expect(await gapOf({ gaps, edit })).toBeCloseTo(0.7 * second, 0)
  })

  it('is whole where a fault caused it', async () => {
    expect(await row({ gaps: early })).toMatchObject({ gap: [0.5, 4.5] })
    const { health } = await report({ gaps: early, expect: { gapBelow: '3800ms' } })
    expect(health.find(({ rule }) => rule === 'expected')).toMatchObject({
      outcome: 'fail',
      because: 'the longest gap is 4.00 s, expected below 3800ms',
    })
  })
})

describe('what is expected', () => {
  const judged = async (wanted: Wanted) => (await report(wanted)).health.filter(({ rule }) => rule === 'expected')

  it('passes or fails by the longest gap', async () => {
    expect(await judged({ gaps, expect: { gapBelow: '2s' } })).toMatchObject([{ about: 'sub', outcome: 'pass' }])
    expect(await judged({ gaps, expect: { gapBelow: '1s' } })).toMatchObject([
      { about: 'sub', outcome: 'fail', because: expect.stringContaining('1.51 s, expected below 1s') as string },
    ])
  })

  it('is judged by the worst of all blocks', async () => {
    const lines = [...recording({ blocks: 2 })].map((line): Line => {
      if (line.t === 'plan')
        return { ...line, plan: { ...line.plan, scenario: { ...line.plan.scenario, expect: { gapBelow: '1s' } } } }
      if (line.t !== 'frame' || line.frame.t !== 'sample' || line.from !== 'sub@recv') return line
      const gap = { from: second, to: second * (line.block === 1 ? 2.5 : 1.1) }
      return { ...line, frame: { ...line.frame, gap } }
    })
    const { health } = await summarise(lines)
    expect(health.filter(({ rule }) => rule === 'expected')).toEqual([
      {
        about: 'sub',
        rule: 'expected',
        outcome: 'fail',
        because: 'the longest gap is 1.50 s, expected below 1s (the worst of 2 blocks)',
      },
    ])
  })

  it('cannot be told from a recording without gaps', async () => {
    const bare = (frame: Frame): Frame => frame
    const { health } = await report({ expect: { gapBelow: '1s' }, edit: bare, gaps: { 1: [0, 0] } })
    expect(health.filter(({ rule }) => rule === 'expected')).toMatchObject([{ outcome: 'pass' }])
  })
})

describe('the pace under a fault', () => {
  const rule = async (wanted: Wanted, name: string) => (await report(wanted)).health.find((each) => each.rule === name)
  /** So many messages less in the second from `at` on. */
  const fewer =
    (at: number, missing: number) =>
    (frame: Frame, from: string): Frame =>
      frame.t === 'sample' && from === 'pub@send' && frame.from === at * second
        ? { ...frame, counts: { ...frame.counts, sent: frame.counts.sent - missing } }
        : frame

  it('is explained by the fault where no more is missing than fell due in it', async () => {
    const found = await rule({ gaps, edit: fewer(3, 9000) }, 'rate-kept')
    expect(found?.outcome).toBe('pass')
    expect(found?.because).toContain('which explains it')
  })

  it('is the generator’s where more is missing', async () => {
    const edit = (frame: Frame, from: string) => fewer(1, 9000)(fewer(2, 9000)(frame, from), from)
    const found = await rule({ gaps: {}, edit }, 'rate-kept')
    expect(found?.outcome).toBe('unknown')
  })

  it('is said to be judged outside of it', async () => {
    expect((await rule({ gaps }, 'fault-pace'))?.because).toContain('3.00 to 5.00 s')
  })
})

it('a fault that never began leaves the run unknown', async () => {
  const { health } = await report({ fault: false })
  expect(health.find(({ rule }) => rule === 'faults')).toMatchObject({ outcome: 'unknown' })
})

it('a fault that began after the measured time leaves the run unknown', async () => {
  const of = async (late: number) => (await report({ late })).health.find(({ rule }) => rule === 'faults')
  expect(await of(2.9)).toBeUndefined()
  expect(await of(3.1)).toMatchObject({
    outcome: 'unknown',
    because: expect.stringContaining('0 of 1 planned fault took effect within the measured time') as string,
  })
})

it('a fault that was there as planned only after the measured time leaves the run unknown', async () => {
  const of = async (whole: number) => (await report({ late: 2.9, whole })).health.find(({ rule }) => rule === 'faults')
  expect(await of(5.9)).toBeUndefined()
  expect(await of(6.1)).toMatchObject({ outcome: 'unknown' })
})

it('says which class a fault is of and what it cannot show', async () => {
  const { health } = await report({})
  const found = health.find(({ rule }) => rule === 'fault-class')
  expect(found?.because).toMatch(/process crash.*cannot show what a missing fsync loses/)
})
