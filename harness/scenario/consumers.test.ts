import { describe, expect, it } from 'vitest'
import { checkScenario } from './check.ts'
import { problemText } from './problem.ts'

const pub = {
  kind: 'js-publish',
  name: 'pub',
  on: 'send',
  to: 'hub',
  subject: 'o.new',
  payload: { bytes: 128 },
  arrivals: { kind: 'constant', perSecond: 100 },
  window: 10,
}
const read = { kind: 'js-consume', name: 'read', on: 'send', to: 'hub', consumer: 'work' }

interface Given {
  readonly stream?: object
  readonly consumers?: object
  readonly consumer?: object
  readonly read?: object
  readonly pub?: object
  readonly more?: readonly object[]
  readonly variants?: object
}

function problems(given: Given = {}): readonly string[] {
  // Fields that are undefined are left out, as in a file.
  const scenario: unknown = JSON.parse(
    JSON.stringify({
      name: 'checked',
      about: 'A scenario of a test.',
      topology: {
        hub: { role: 'server', server: { jetstream: true } },
        far: { role: 'server', server: { jetstream: true } },
        send: { role: 'load' },
      },
      streams: { orders: { on: 'hub', subjects: ['o.>'], ...given.stream } },
      consumers: given.consumers ?? { work: { stream: 'orders', ...given.consumer } },
      workloads: [{ ...pub, ...given.pub }, { ...read, ...given.read }, ...(given.more ?? [])],
      variants: given.variants,
    }),
  )
  const checked = checkScenario(scenario)
  return checked.ok ? [] : checked.problems.map(problemText)
}

const workqueue = { retention: 'workqueue' }

describe('consumers', () => {
  it.each([
    {},
    { consumer: { kind: 'push', ack: 'all', maxAckPending: 100 } },
    { consumer: { kind: 'ordered' }, read: { connections: 3 } },
    {
      consumer: { filter: 'o.*', ack: 'double', start: 'new' },
      read: { take: 'fetch', batch: 10, work: '1ms', nak: 0.1 },
    },
    { stream: workqueue },
    { consumer: { ackWait: '1s' }, read: { work: '999ms' } },
    { consumer: { ackWait: '1s', ack: 'none' }, read: { work: '2s' } },
    { variants: { a: {}, b: { 'consumers.work.kind': 'push' } } },
  ])('are taken as %j', (given) => {
    expect(problems(given)).toEqual([])
  })

  it.each<[Given, string]>([
    [
      { consumers: { work: { stream: 'order' } } },
      'consumers.work.stream must name a stream, got "order" (did you mean "orders"?)',
    ],
    [{ consumer: { filter: 'p.>' } }, 'consumers.work.filter must match subjects of stream "orders" (o.>), got "p.>"'],
    [{ consumer: { filter: 'o.>.a' } }, 'consumers.work.filter must have ">" as its last token only, got "o.>.a"'],
    [
      { consumer: { filter: 'o.old' } },
      'workloads.read.consumer must be fed: no workload publishes what consumer "work" of stream "orders" delivers, got "work"',
    ],
    [
      { consumer: { filter: 'o.old', start: 'new' }, stream: { filled: { messages: 10, subject: 'o.old' } } },
      'workloads.read.consumer must be fed: no workload publishes what consumer "work" of stream "orders" delivers, got "work"',
    ],
    [
      { stream: workqueue, consumer: { start: 'new' } },
      'consumers.work.start must be "all" on a work queue, got "new"',
    ],
    [
      { consumer: { maxDeliver: 1 }, read: { nak: 0.1 } },
      'workloads.read.nak must be 0 where maxDeliver is 1: nothing is delivered again, got 0.1',
    ],
    [
      { consumer: { ackWait: '100ms' }, read: { work: '100ms' } },
      'workloads.read.work must be shorter than 100ms, after which the server delivers a message again (consumers.work.ackWait), got "100ms"',
    ],
    [
      { consumer: { ackWait: '0s' } },
      'consumers.work.ackWait must be a duration such as "500ms", "2s" or "1m" and above 0, got "0s"',
    ],
    [{ read: { consumer: 'wrok' } }, 'workloads.read.consumer must name a consumer, got "wrok" (did you mean "work"?)'],
    [{ read: { to: 'far' } }, 'workloads.read.to must be "hub", the servers of stream "orders", got "far"'],
    [
      { consumer: { kind: 'push' }, read: { batch: 10 } },
      'workloads.read.batch must be left out: it is a setting of pull consumers and this one is "push", got 10',
    ],
    [
      { consumer: { kind: 'ordered' }, read: { take: 'fetch' } },
      'workloads.read.take must be left out: it is a setting of pull consumers and this one is "ordered", got "fetch"',
    ],
    [
      { consumer: { ack: 'none', maxAckPending: 5 } },
      'consumers.work.maxAckPending must be left out: without acknowledgements nothing is pending, got 5',
    ],
    [
      { consumer: { kind: 'ordered', maxDeliver: 5 } },
      'consumers.work.maxDeliver must be left out: an ordered consumer has no acknowledgements, got 5',
    ],
    [
      { consumer: { ack: 'all' }, read: { nak: 0.5 } },
      'workloads.read.nak must be 0 where consumer "work" does not acknowledge each message, got 0.5',
    ],
    [
      { stream: workqueue, consumer: { ack: 'none' } },
      'consumers.work.ack must be "explicit" or "double" on a work queue, got "none"',
    ],
    [
      { stream: workqueue, consumer: { kind: 'ordered' } },
      'consumers.work.kind must be "pull" or "push" on a work queue, got "ordered"',
    ],
    [
      {
        stream: workqueue,
        consumers: { work: { stream: 'orders' }, two: { stream: 'orders' } },
        more: [{ ...read, name: 'other', consumer: 'two' }],
      },
      'consumers.two.filter must not overlap with that of consumer "work": in a work queue each message has one consumer, got ">"',
    ],
    [
      { consumers: { work: { stream: 'orders' }, idle: { stream: 'orders' } } },
      'consumers.idle must be one that a js-consume workload takes from, got none for "idle" of stream "orders"',
    ],
    [
      { pub: { kind: 'publish', window: undefined, payload: { bytes: 8 } } },
      'workloads.pub.payload.bytes must be at least 16, so that deliveries can be identified, got 8',
    ],
    [
      { variants: { a: { 'consumers.work.stream': 'x' } } },
      'variants.a.consumers.work.stream must change a member of the consumer other than stream, got "consumers.work.stream"',
    ],
  ])('are refused as %j', (given, problem) => {
    expect(problems(given)).toContain(problem)
  })
})
