import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import { bucketIndex } from '../agent/histogram.ts'
import type { Frame, Line } from '../model/recording.ts'
import { summarise } from './summarise.ts'

/** Findings that are not well, of a recording of 10,000 messages a second in which frames of one agent are changed; undefined leaves one out. */
async function found(agent: string, change: (frame: Frame, block: number) => Frame | undefined): Promise<string[]> {
  const edit = (line: Line): Line | undefined => {
    if (line.t !== 'frame' || line.from !== agent) return line
    const frame = change(line.frame, line.block)
    return frame === undefined ? undefined : { ...line, frame }
  }
  const { health } = await summarise(recording({ edit }))
  return health.flatMap(({ about, rule, outcome, because }) =>
    outcome === 'pass' ? [] : [`${about} ${rule}: ${because}`],
  )
}

const times = (factor: number, of: 'sample' | 'done') => (frame: Frame) =>
  frame.t === of ? { ...frame, counts: { ...frame.counts, received: frame.counts.received * factor } } : frame

describe('accounts of agents', () => {
  it('says where samples and final count differ', async () => {
    const because = 'Frames are missing or were changed, so its numbers are not what was measured; run it again'
    const both =
      'the samples of sub@recv have 120,000 messages, its final count 60,000; sub@recv has 60,000 times (latency) of 120,000 messages; sub@recv has 60,000 times (service) of 120,000 messages'
    expect(await found('sub@recv', times(2, 'sample'))).toEqual([
      ...[1, 2, 3].map((block) => `block ${block} accounts: its recording contradicts itself: ${both}. ${because}`),
      expect.stringMatching(/^sub backlog: received 200 % of what pub sent/),
    ])
    expect(await found('sub@recv', times(-1, 'sample'))).toContainEqual(
      expect.stringMatching(
        /^block 2 accounts: .*the samples of sub@recv have -60,000 messages, its final count 60,000/,
      ),
    )
    expect(await found('sub@recv', times(2, 'done'))).toContainEqual(
      expect.stringContaining('have 60,000 messages, its final count 120,000'),
    )
  })

  it('says where samples do not cover the measured window: a rate over half of it, or over a nanosecond, is no rate', async () => {
    const half = await found('sub@recv', (frame) => (frame.t === 'sample' && frame.from >= 3e9 ? undefined : frame))
    expect(half[0]).toContain(
      'block 1 accounts: its recording contradicts itself: the samples of sub@recv cover 2 s of 5 s',
    )
    const brief = await found('sub@recv', (frame, block) =>
      frame.t === 'sample' && block === 1 ? { ...frame, to: frame.from + 1 } : frame,
    )
    expect(brief).toEqual([expect.stringContaining('block 2 accounts: its recording contradicts itself: the samples')])
    const none = await found('pub@send', (frame) => (frame.t === 'sample' ? undefined : frame))
    expect(none[0]).toContain('the samples of pub@send cover 0 s of 5 s')
  })

  it('says where times are missing or too many', async () => {
    const cut = (share: number) => (frame: Frame) => {
      if (frame.t !== 'sample') return frame
      const each = Object.entries(frame.histograms).map(([name, data]) => {
        const { min, max, significantBits: bits, total } = data
        const low = Math.round(total * share)
        const buckets = [bucketIndex(min, bits), low - 1, bucketIndex(max, bits), 1]
        return [name, { significantBits: bits, min, max, total: low, buckets }] as const
      })
      return { ...frame, histograms: Object.fromEntries(each) }
    }
    const times = 'times (latency) of 60,000 messages'
    expect((await found('sub@recv', cut(0.5)))[0]).toContain(`sub@recv has 30,000 ${times}`)
    expect((await found('sub@recv', cut(2)))[0]).toContain(`sub@recv has 120,000 ${times}`)
    expect((await found('pub@send', cut(0.5)))[0]).toContain('pub@send has 30,000 times (lag) of 60,000 messages')
  })

  it('says where all times are missing that each message has', async () => {
    const without = (name: string) => (frame: Frame) =>
      frame.t !== 'sample'
        ? frame
        : { ...frame, histograms: Object.fromEntries(Object.entries(frame.histograms).filter(([own]) => own !== name)) }
    expect((await found('sub@recv', without('latency')))[0]).toContain('sub@recv has 0 times (latency) of 60,000')
    expect((await found('pub@send', without('lag')))[0]).toContain('pub@send has 0 times (lag) of 60,000')
  })

  it('says where the measured samples are not of the window', async () => {
    const late = await found('sub@recv', (frame) =>
      frame.t === 'sample' ? { ...frame, from: frame.from + 100e9, to: frame.to + 100e9 } : frame,
    )
    expect(late[0]).toContain('the measured samples of sub@recv begin at 101 s, the window at 1 s')
  })

  it('says where messages of a publisher were counted who sent none', async () => {
    const done = (frame: Frame) =>
      frame.t === 'done' ? { ...frame, perPublisher: { ...frame.perPublisher, '7': 5 } } : frame
    expect((await found('sub@recv', done))[0]).toContain('sub@recv counts messages of publisher 7, who sent none')
  })

  it('says that more was received than sent', async () => {
    const more = await found('sub@recv', (frame) =>
      frame.t === 'done' ? { ...frame, perPublisher: { '0': 60_500 } } : frame,
    )
    expect(more).toEqual([
      'sub surplus: 500 messages received that were never sent: another client publishes there, or messages came twice (3 of 3 blocks)',
    ])
  })
})

describe('numbers that are not what they seem', () => {
  const remarks = async (wanted: Parameters<typeof recording>[0]) => {
    const { health, measurements } = await summarise(recording(wanted))
    return { said: health.map(({ rule, because }) => `${rule}: ${because}`), measurements }
  }

  const planned = (own: number, poisson: number) => (line: Line) => {
    if (line.t !== 'plan') return line
    const text = JSON.stringify(line).replaceAll(
      `"kind":"constant","perSecond":${own}`,
      `"kind":"poisson","perSecond":${poisson}`,
    )
    return JSON.parse(text) as Line
  }

  it('a server whose counter of CPU time fell has none', async () => {
    const { said, measurements } = await remarks({
      edit: (line) => {
        if (line.t !== 'frame' || line.frame.t !== 'usage' || line.frame.at < 3e9) return line
        const { usage } = line.frame
        return { ...line, frame: { ...line.frame, usage: { ...usage, cpuUserMicros: usage.cpuUserMicros - 700_000 } } }
      },
    })
    expect(measurements.filter(({ metric }) => metric === 'cpu.server')).toEqual([])
    expect(said).toContainEqual(
      'usage: the CPU time of servers is not known in 3 of 3 blocks: in block 1 the counter of hub fell in the measured window, as after a restart',
    )
  })

  it('a rate of few messages that differs from its plan is rough', async () => {
    const { said } = await remarks({
      perSecond: 10,
      edit: planned(10, 8),
    })
    expect(said).toContainEqual(
      'rate-kept: 50 messages were sent in the measured window, 40 were due on average: a rate of so few messages is rough. Measure longer (3 of 3 blocks)',
    )
  })

  it('says of one message that it was sent', async () => {
    const { said } = await remarks({ perSecond: 0.2, edit: planned(0.2, 0.4) })
    expect(said).toContainEqual(expect.stringContaining('rate-kept: 1 message was sent in the measured window'))
  })
})
