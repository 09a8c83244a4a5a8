import { describe, expect, it } from 'vitest'
import { SequenceSet } from '../agent/sequence-set.ts'
import { jsConsume } from '../model/kinds/js-consume.ts'
import { jsPublish } from '../model/kinds/js-publish.ts'
import type { Plan } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import { addFrame, openBlock } from './block-fold.ts'
import { closeBlock } from './block-result.ts'
import { consumption, undelivered } from './health-streams.ts'

const connected = { engine: 'wire', servers: [], connections: 1 } as const
const publishing = jsPublish.job.parse({
  kind: 'js-publish',
  ...connected,
  subject: 'o.new',
  publisher: 0,
  payload: { bytes: 16, compressible: 0, seed: 1 },
  headers: {},
  arrivals: { kind: 'flood' },
  window: 1,
  timeoutMs: 5000,
})
const consuming = (queue: object) =>
  jsConsume.job.parse({
    kind: 'js-consume',
    ...connected,
    subject: '',
    stream: 'orders',
    consumer: 'work',
    take: 'continuous',
    ack: 'explicit',
    start: 'all',
    batch: 10,
    expiresMs: 1000,
    workMs: 0,
    nak: 0,
    seed: 1,
    publishers: 1,
    ...queue,
  })

function set(sequences: readonly number[]) {
  const all = new SequenceSet()
  for (const sequence of sequences) all.add(sequence)
  return { '0': all.told() }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const consumed = (sets: readonly (readonly number[])[], more: Partial<Extract<Frame, { t: 'consumed' }>> = {}) =>
  ({
    t: 'consumed',
    sets: sets.map(set),
    redelivered: {},
    acked: 0,
    naked: 0,
    confirmed: 0,
    remade: 0,
    statuses: {},
    leftBehind: 0,
    ...more,
  }) as const
const lagAt = (at: number, lag: number, ackFloor: number): Frame => ({
  t: 'consumerLag',
  at,
  consumer: 'work',
  lag,
  pending: 0,
  ackPending: 0,
  ackFloor,
})

/** Two agents of one consumer after `acked` of its publisher. */
function result(
  shared: boolean,
  acked: readonly number[],
  frames: readonly Frame[],
  more: readonly Frame[] = [],
  { floor, config = {} }: { floor?: Frame; config?: object } = {},
) {
  const assignment = (id: string, job: unknown) => ({ id, workload: id.split('@')[0], node: 'n', job })
  const job = consuming(shared ? { queue: 'work' } : {})
  const variant = {
    name: 'default',
    set: {},
    phases: { warmupMs: 0, measureMs: 1000, cooldownMs: 0 },
    nodes: [],
    services: [],
    assignments: [
      {
        id: 'floor-ping@a',
        workload: 'floor',
        node: 'n',
        job: { kind: 'ping', to: { host: 'h', port: 1 }, bytes: 16, durationMs: 200 },
      },
      assignment('streams@a', { kind: 'streams', streams: [{ name: 'orders', config }] }),
      assignment('pub@a', publishing),
      assignment('read@b', job),
      assignment('read@c', job),
    ],
    flows: [{ from: 'pub', to: 'read', delivery: shared ? 'one' : 'all' }],
  }
  const block = openBlock({ variants: [variant], faults: [] } as unknown as Plan, {
    index: 0,
    variant: 'default',
    repeat: 0,
  })
  if (block === undefined) throw new Error('the plan has this variant')
  addFrame(block, 'pub@a', { t: 'acked', publishers: set(acked), duplicates: 0, errors: {} })
  frames.forEach((frame, i) => addFrame(block, i === 0 ? 'read@b' : 'read@c', frame))
  if (floor !== undefined) addFrame(block, 'floor-ping@a', floor)
  for (const frame of more) addFrame(block, 'streams@a', frame)
  const workloads = closeBlock(block).workloads
  return { pub: workloads.find(({ name }) => name === 'pub'), read: workloads.find(({ name }) => name === 'read') }
}

describe('what consumers took', () => {
  it('is all that was acknowledged, where they share it', () => {
    const { read } = result(true, range(0, 100), [consumed([range(0, 60)]), consumed([range(50, 100)])])
    expect(read).toMatchObject({ undelivered: 0, redelivered: 0 })
    expect(read?.loss).toBeUndefined()
  })

  it('lacks what none of them got', () => {
    const frames = [consumed([range(0, 60)], { leftBehind: 3 }), consumed([range(70, 100)])]
    expect(result(true, range(0, 100), frames).read).toMatchObject({ undelivered: 10, consumed: { leftBehind: 3 } })
  })

  it('lacks, with ordered consumers, what each of them did not get', () => {
    const frames = [consumed([range(0, 100), range(0, 99)]), consumed([range(5, 100)])]
    expect(result(false, range(0, 100), frames).read).toMatchObject({ undelivered: 6 })
  })

  it('cannot be told where one never closed its account', () => {
    expect(result(true, [1], [consumed([[1]])]).read?.undelivered).toBeUndefined()
  })

  it('tells the words of the server from its silence', () => {
    const statuses = { '409 Leadership Change': 1, 'no word of the server': 2 }
    const { read } = result(true, [0], [consumed([[0]], { statuses }), consumed([[]])])
    expect(read && consumption(read)).toEqual({
      outcome: 'pass',
      because:
        'the server said 1 × "409 Leadership Change"; 2 requests were made anew, for the server said nothing of them for some seconds',
    })
  })

  it('adds up deliveries by their number', () => {
    const frames = [consumed([[0]], { redelivered: { 2: 5, 3: 1 } }), consumed([[]], { redelivered: { 2: 2 } })]
    const { read } = result(true, [0], frames)
    expect(read).toMatchObject({ redelivered: 8, consumed: { redelivered: { 2: 7, 3: 1 } } })
  })

  it('proves a stream that removes what is consumed, once it is empty', () => {
    const frames = [consumed([range(0, 50)]), consumed([range(50, 99)])]
    const stored = { t: 'stored', stream: 'orders', messages: 0, bytes: 0, removed: 99, strangers: 0 } as const
    expect(result(true, range(0, 100), frames, [stored]).pub).toMatchObject({ lostAcked: 1, recovered: 0 })
    const { pub } = result(true, range(0, 100), frames, [{ ...stored, messages: 2 }])
    expect(pub?.lostAcked).toBeUndefined()
    expect(pub?.proof?.untold).toContain('2 messages are still in it')
  })

  it.each<[string, object]>([
    ['keeps what is consumed', { publishers: { '0': { ...set(range(99, 100))['0'], duplicates: 0 } } }],
    ['removes what is consumed', {}],
  ])('is not short of what a stream removed at its limit that %s', (_, more) => {
    const config = { discard: 'old', max_msgs: 1, max_bytes: -1 }
    const frames = [consumed([range(0, 50)]), consumed([range(60, 100)])]
    const stored = { t: 'stored', stream: 'orders', messages: 0, bytes: 0, removed: 99, strangers: 0, ...more } as const
    const { pub, read } = result(true, range(0, 100), frames, [stored], { config })
    expect([read?.undelivered, pub?.lostAcked]).toEqual([undefined, undefined])
    expect(read && undelivered(read)).toMatchObject({
      outcome: 'unknown',
      because: expect.stringMatching(
        /^cannot tell whether .* lost: 10 of them were not delivered, and stream orders remove.* at its limit \(maxMessages 1\)$/,
      ) as string,
    })
    expect(pub?.proof?.untold).toContain('maxMessages 1')
    // Without a limit nothing but a loss is left.
    const bare = result(true, range(0, 100), frames, [{ ...stored, removed: 0 }])
    expect(bare.read && undelivered(bare.read)).toMatchObject({ outcome: 'fail' })
  })

  it('lags as its leader says', () => {
    const sample = {
      sent: 0,
      received: 0,
      bytes: 0,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      late: 0,
      negative: 0,
      undecodable: 0,
    }
    const meter = {
      cpuUserMicros: 0,
      cpuSystemMicros: 0,
      memoryBytes: 0,
      switchesVoluntary: 0,
      switchesInvoluntary: 0,
      gcCount: 0,
      gcNs: 0,
    }
    const measured: Frame = { t: 'sample', from: 1e9, to: 2e9, phase: 'measure', counts: sample, histograms: {}, meter }
    const readings = [
      lagAt(0.5e9, 900, 0),
      lagAt(1e9, 10, 100),
      lagAt(1.5e9, 30, 300),
      lagAt(2.01e9, 20, 610),
      lagAt(3e9, 700, 700),
    ]
    // The floor counts from a start of its own and must not move the window.
    const floor: Frame = { ...measured, from: 0, to: 0.2e9 }
    const { read } = result(true, [0], [measured, measured], readings, { floor })
    expect(read?.consumerLag).toBe(30)
    expect(read?.ackRate).toBeCloseTo(504, 0)
  })
})
