import { expect, it } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import { Clock } from './clock.ts'
import type { Link } from './engine.ts'
import { batchesOver, questionOf } from './get-batches.ts'
import { Recorder } from './recorder.ts'

const job = {
  kind: 'js-get',
  engine: 'wire',
  servers: [],
  connections: 1,
  subject: '',
  publisher: 0,
  seed: 1,
  arrivals: { kind: 'flood' },
  stream: 'orders',
  by: 'sequence',
  of: 10,
  random: false,
  window: 1,
  timeoutMs: 1000,
  batch: 3,
} as const

/** As a server that has batches answers: the messages, then a status of its own. */
const message = 'NATS/1.0\r\nNats-Stream: orders\r\nNats-Sequence: 1\r\n\r\n'
const end = 'NATS/1.0 204 EOB\r\nNats-Num-Pending: 7\r\nNats-Last-Sequence: 3\r\n\r\n'

class Fixed extends Clock {
  at = 0
  override now(): number {
    return this.at
  }
}

function opened() {
  const asked: { readonly subject: string; readonly body: unknown; readonly reply: string }[] = []
  const link = {
    subscribe: () => undefined,
    publish: (subject: string, body: string | Uint8Array, reply = '') =>
      void asked.push({ subject, body: JSON.parse(String(body)) as unknown, reply }),
  } as Partial<Link> as Link
  const recorder = new Recorder(() => undefined)
  const batches = batchesOver(link, job, 3, 1, recorder)
  const clock = new Fixed(0n)
  batches.clock = clock
  return { asked, batches, recorder, clock }
}

it('one question for a full batch; each message is timed from when it was due', () => {
  const { asked, batches, recorder, clock } = opened()
  const freed: number[] = []
  batches.onFree = (_now, count) => freed.push(count)
  for (const due of [10, 20, 30]) {
    expect([batches.hasRoom, batches.waiting]).toEqual([true, 0])
    batches.send(due, due)
  }
  expect([batches.hasRoom, batches.waiting]).toEqual([false, 3])
  expect(asked.map(({ subject, body }) => [subject, body])).toEqual([
    ['$JS.API.DIRECT.GET.orders', { seq: 1, batch: 3 }],
  ])
  clock.at = 1030
  const { reply } = asked[0]!
  batches.arrived()
  for (let i = 0; i < 3; i++) batches.message(deliveryOf(reply, 'body', { headers: message }))
  batches.message(deliveryOf(reply, '', { headers: end }))
  batches.handled()
  expect(freed).toEqual([3])
  expect(recorder.tally).toMatchObject({ sent: 3, received: 3, late: 0 })
  expect(recorder.histogram('rtt').data()).toMatchObject({ total: 3, min: 1000, max: 1020 })
  expect(recorder.histogram('fetch').data()).toMatchObject({ total: 1, min: 1000 })
  expect(batches.errors).toEqual({})
  batches.send(2000, 2000)
  void batches.settled()
  expect(asked[1]?.body).toEqual({ seq: 4, batch: 1 })
})

it('what does not come is counted by the words of the server', async () => {
  const { asked, batches, recorder } = opened()
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 3; i++) batches.send(0, 0)
    const { reply } = asked.at(-1)!
    batches.arrived()
    if (round === 0) batches.message(deliveryOf(reply, 'body', { headers: message }))
    batches.message(deliveryOf(reply, '', { headers: round === 0 ? end : 'NATS/1.0 404 Message Not Found\r\n\r\n' }))
    batches.handled()
  }
  expect(batches.errors).toEqual({ 'batch ended before it was whole': 2, '404 Message Not Found': 3 })
  expect(recorder.tally).toMatchObject({ sent: 6, received: 1 })
  await batches.settled()
})

it('keys are asked for by their names, one run behind the other, or from a random one on', () => {
  const keys = { by: 'last', of: 6, subject: '$KV.b.key', random: false } as const
  const ask = questionOf(keys, 3, 1)
  const named = (...numbers: readonly number[]) => numbers.map((number) => `$KV.b.key.${number}`)
  expect(ask(0, 3)).toEqual({ multi_last: named(0, 1, 2), batch: 3 })
  expect(ask(1, 2)).toEqual({ multi_last: named(3, 4), batch: 2 })
  expect(ask(2, 3)).toEqual(ask(0, 3))
  const random = questionOf({ ...keys, random: true }, 3, 1)
  const seen = new Set(Array.from({ length: 50 }, (_, number) => JSON.stringify(random(number, 3))))
  expect(seen.size).toBe(4)
})
