import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const publish = {
  kind: 'js-publish',
  name: 'pub',
  on: 'send',
  to: 'hub',
  subject: 'o.new',
  payload: { bytes: 128 },
  arrivals: { kind: 'flood' },
  window: 1,
}
const get = {
  kind: 'js-get',
  name: 'get',
  on: 'send',
  to: 'hub',
  stream: 'orders',
  arrivals: { kind: 'closed', inFlight: 1 },
}
const closed = (inFlight: number) => ({ kind: 'closed', inFlight })
const filled = { messages: 100, subject: 'o.old' }

function problems(
  stream: object,
  workload: object,
  server: object = {},
  others: readonly object[] = [],
): readonly string[] {
  return problemsOf({
    name: 'publishing',
    about: 'What must be said of publishing to a stream before anything is built.',
    topology: { hub: { role: 'server', server: { jetstream: true, ...server } }, send: { role: 'load' } },
    streams: { orders: { on: 'hub', subjects: ['o.>'], ...stream } },
    workloads: [workload, ...others],
  })
}

describe('publishing to a stream and getting from it', () => {
  it.each([
    ['Nats-Msg-Id', 'give "ids" instead'],
    ['nats-expected-last-sequence', 'give "expect" instead'],
    ['Nats-Batch-Id', 'give "batch" instead'],
    ['Nats-Rollup', 'no workload can do that yet'],
  ])('has no header %s, which every message would have', (name, remedy) => {
    expect(problems({}, { ...publish, headers: { [name]: 'all', 'Trace-Id': 'x' } })).toEqual([
      `workloads.pub.headers.${name} must not be the same in every message: ${remedy}`,
    ])
  })

  it.each(['Nats-TTL', 'Nats-Schedule', 'nats-schedule-target', 'Nats-Incr'])(
    'has no header %s, which no stream here allows',
    (name) => {
      expect(problems({}, { ...publish, headers: { [name]: '1m' } })).toEqual([
        `workloads.pub.headers.${name} must be left out: the server refuses it, no stream of a scenario allows it`,
      ])
    },
  )

  it('has no such header in plain messages that a stream stores either', () => {
    const place = { on: 'send', to: 'hub', payload: { bytes: 16 }, arrivals: { kind: 'flood' } }
    const plain = { ...place, kind: 'publish', name: 'plain', subject: 'o.new', headers: { 'Nats-Msg-Id': '1' } }
    expect(problems({}, publish, {}, [plain])).toEqual([
      'workloads.plain.headers.Nats-Msg-Id must not be the same in every message: give "ids" instead',
    ])
    expect(problems({}, publish, {}, [{ ...plain, subject: 'p.new' }])).toEqual([])
  })

  it('leaves requests to who answers them: a stream would acknowledge them', () => {
    const place = { on: 'send', to: 'hub', subject: 'o.new' }
    const request = { ...place, kind: 'request', name: 'req', payload: { bytes: 16 }, arrivals: get.arrivals }
    const reply = { ...place, kind: 'reply', name: 'rep' }
    const all = problems({}, request, {}, [reply])
    expect(all).toEqual([
      'workloads.req.subject must not be one of stream "orders", which answers requests itself, got "o.new"',
    ])
    expect(problems({ subjects: ['p.>'] }, request, {}, [reply])).toEqual([])
  })

  it.each<readonly [string, object, object]>([
    ['ids', {}, { ...publish, window: 100, ids: { repeats: 0.1 } }],
    ['expected sequence numbers', { filled }, { ...publish, expect: 'stream' }],
    ['batches', { atomic: true }, { ...publish, batch: 100 }],
    ['fifty batches at once', { atomic: true }, { ...publish, batch: 100, connections: 50 }],
    ['a closed loop of whole batches', { atomic: true }, { ...publish, batch: 10, arrivals: closed(10) }],
    ['a closed loop of a fast batch', { fast: true }, { ...publish, flow: 10, window: 20, arrivals: closed(10) }],
    ['gets by sequence number', { filled }, get],
    ['gets of many in a closed loop, which fills them', { filled }, { ...get, batch: 5 }],
    ['gets of the last of a subject', { filled }, { ...get, lastOf: 'o.old', order: 'random' }],
  ])('takes %s', (_what, stream, workload) => {
    expect(problems(stream, workload)).toEqual([])
  })

  it.each<readonly [string, object, object, string]>([
    [
      'expected sequence numbers in a window',
      {},
      { ...publish, expect: 'subject', window: 2 },
      'workloads.pub.window must be 1: the next sequence number',
    ],
    [
      'batches in a window',
      { atomic: true },
      { ...publish, batch: 10, window: 2 },
      'workloads.pub.window must be 1: each connection',
    ],
    [
      'batches to a stream that takes none',
      {},
      { ...publish, batch: 10 },
      'workloads.pub.batch must be taken by its stream: set streams.orders.atomic to true',
    ],
    [
      'batches with ids',
      { atomic: true },
      { ...publish, batch: 10, ids: {} },
      'workloads.pub.ids must be left out of batches',
    ],
    [
      'asynchronous writes to memory',
      { persistMode: 'async', storage: 'memory' },
      publish,
      'streams.orders.storage must be "file" where persistMode is "async", got "memory"',
    ],
    [
      'more batches than the server takes at once',
      { atomic: true },
      { ...publish, batch: 10, connections: 51 },
      'workloads.pub.connections must be so few that all that publish batches to the stream are at most 50, the batches that the server takes at once, got 51',
    ],
    [
      'asynchronous writes with batches',
      { persistMode: 'async', atomic: true },
      publish,
      'streams.orders.atomic must be false where persistMode is "async"',
    ],
    [
      'a fast batch with a window below twice its flow',
      { fast: true },
      { ...publish, flow: 10, window: 19 },
      'workloads.pub.window must be at least 20, twice the flow, got 19',
    ],
    [
      'a fast batch to a stream that takes none',
      {},
      { ...publish, flow: 10, window: 20 },
      'workloads.pub.flow must be taken by its stream: set streams.orders.fast to true',
    ],
    [
      'a fast batch with ids',
      { fast: true },
      { ...publish, flow: 10, window: 20, ids: {} },
      'workloads.pub.ids must be left out of a fast batch',
    ],
    [
      'a closed loop in which no batch is ever full',
      { atomic: true },
      { ...publish, batch: 10, arrivals: closed(9) },
      'workloads.pub.arrivals.inFlight must be at least 10, the batch, or nothing is ever acknowledged, got 9',
    ],
    [
      'a closed loop in which a fast batch is never acknowledged',
      { fast: true },
      { ...publish, flow: 10, window: 20, arrivals: closed(1) },
      'workloads.pub.arrivals.inFlight must be at least 10, the flow, or nothing is ever acknowledged, got 1',
    ],
    [
      'gets from an empty stream',
      {},
      get,
      'workloads.get.stream must have messages before the load: set streams.orders.filled',
    ],
    [
      'gets from a stream that is not there',
      {},
      { ...get, stream: 'order' },
      'workloads.get.stream must name a stream, got "order" (did you mean "orders"?)',
    ],
    [
      'gets of a subject that nobody wrote',
      { filled },
      { ...get, lastOf: 'o.new' },
      'workloads.get.lastOf must be the subject that the stream is filled with, "o.old"',
    ],
    [
      'more by one question than there is',
      { filled },
      { ...get, batch: 1000 },
      'workloads.get.batch must be at most 100, which is all there is, got 1000',
    ],
    [
      'two questions of many at a time',
      { filled },
      { ...get, batch: 5, window: 2 },
      'workloads.get.window must be 1: each connection',
    ],
    [
      'many last messages of one subject',
      { filled },
      { ...get, batch: 5, lastOf: 'o.old' },
      'workloads.get.batch must be left out beside lastOf',
    ],
  ])('refuses %s', (_what, stream, workload, expected) => {
    expect(problems(stream, workload)).toContainEqual(expect.stringContaining(expected))
  })

  it.each<readonly [string, object, object, string]>([
    ['2.11.9', { atomic: true }, { ...publish, batch: 10 }, 'streams.orders.atomic'],
    ['2.10.0', { persistMode: 'async' }, publish, 'streams.orders.persistMode'],
  ])('refuses what a server of %s cannot do', (version, stream, workload, path) => {
    const expected = `${path} must be left out: it needs a server of 2.12 or later, got ${version}`
    expect(problems(stream, workload, { version })).toContainEqual(expect.stringContaining(expected))
    expect(problems(stream, workload, { version: '2.12.0' })).toEqual([])
  })

  it('refuses a batch of gets on a server before 2.11', () => {
    const expected = 'workloads.get.batch must be left out: it needs a server of 2.11 or later, got 2.10.0'
    const many = { ...get, batch: 5 }
    expect(problems({ filled }, many, { version: '2.10.0' })).toContainEqual(expect.stringContaining(expected))
    expect(problems({ filled }, many, { version: '2.11.0' })).toEqual([])
  })
})
