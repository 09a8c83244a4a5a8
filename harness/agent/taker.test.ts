import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { ConsumedCounts, ConsumedSet } from './consumption.ts'
import type { Link, Receiver } from './engine.ts'
import type { JobContext } from './job.ts'
import { ApiError, JsApi } from './js-api.ts'
import { Recorder } from './recorder.ts'
import { Taker } from './taker.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const job: Extract<Job, { kind: 'js-consume' }> = {
  kind: 'js-consume',
  servers: [],
  connections: 1,
  engine: 'wire',
  stream: 'orders',
  consumer: 'c',
  subject: '',
  take: 'continuous',
  ack: 'explicit',
  start: 'all',
  batch: 10,
  expiresMs: 30_000,
  workMs: 0,
  nak: 0,
  seed: 1,
  publishers: 1,
}

/** A reader that has asked for messages; `asked` counts its requests. Of an ordered one `made` says where its consumers were to begin. */
async function reader(more: Partial<typeof job> = {}, refusal: () => Error | undefined = () => undefined) {
  let [receiver, time, asked]: [Receiver | undefined, number, number] = [undefined, 0, 0]
  const link: Link = {
    maxPayload: 1e6,
    subscribe: (_subject, _queue, each) => void (receiver = each),
    sender: () => {
      throw new Error('nothing is published here')
    },
    flush: () => Promise.resolve(),
    close: () => undefined,
    publish: (subject) => void (asked += subject.includes('.MSG.NEXT.') ? 1 : 0),
  }
  const api = new JsApi(link)
  const counts = new ConsumedCounts()
  const recorder = new Recorder(() => undefined)
  const parts = { link, api, set: new ConsumedSet(), counts, index: 0 }
  const context = { recorder, fail: () => undefined } as unknown as JobContext
  const made: number[] = []
  const make = (from: number) => {
    const refused = refusal()
    return refused === undefined ? Promise.resolve(`c${made.push(from)}`) : Promise.reject(refused)
  }
  const taker = new Taker({ ...job, ...more }, context, parts, make)
  const message = (to: string, body: string, more: { readonly headers?: string; readonly reply?: string }) => {
    receiver?.arrived()
    receiver?.message(deliveryOf(to, body, more))
    receiver?.handled()
  }
  const clock = { now: () => time } as Clock
  recorder.begin(clock, { warmupMs: 1e5, measureMs: 1e5, cooldownMs: 0 })
  await taker.begin(clock)
  return {
    counts,
    made,
    asked: () => asked,
    received: () => recorder.tally.received,
    status: (words: string) => message('_INBOX.x.p0', '', { headers: `NATS/1.0 ${words}\r\n\r\n` }),
    /** A message by a consumer: its number there and in the stream. */
    delivered: (consumer: string, number: number, sequence: number) =>
      message('a', 'x', { reply: `$JS.ACK.orders.${consumer}.1.${sequence}.${number}.1.0` }),
    /** The clock goes on while this process does not run; then its timers are due. */
    stood: (ms: number) => {
      time += ms * 1e6
      vi.advanceTimersByTime(250)
    },
    heartbeat: () => message('_INBOX.x.p', '', { headers: 'NATS/1.0 100 Idle Heartbeat\r\n\r\n' }),
    end: () => {
      taker.stop()
      recorder.finish()
    },
  }
}

test('a process that did not run reads what came meanwhile before it says that nothing came', async () => {
  const { counts, asked, stood, heartbeat, end } = await reader()
  stood(10_000)
  heartbeat()
  await new Promise(setImmediate)
  expect([counts.statuses, asked()]).toEqual([{}, 1])
  end()
})

test('a request of which the server says nothing any more is asked anew', async () => {
  const { counts, asked, stood, end } = await reader()
  stood(3000)
  await new Promise(setImmediate)
  expect([counts.statuses, asked()]).toEqual([{ 'no word of the server': 1 }, 2])
  end()
})

test('a request that the server refuses at once, for it has too many of them, is not repeated at once', async () => {
  const { counts, asked, status, stood, end } = await reader()
  for (let i = 0; i < 3; i++) status('409 Exceeded MaxWaiting')
  expect([counts.statuses, asked()]).toEqual([{ '409 Exceeded MaxWaiting': 3 }, 1])
  stood(1)
  expect(asked()).toBe(2)
  end()
})

test('an ordered consumer that is gone with its server is made again from where we are, also when that takes several attempts', async () => {
  let refusal: Error | undefined
  const all = await reader({ take: 'ordered', ack: 'none' }, () => refusal)
  const { counts, made, asked, received, delivered, stood, end } = all
  delivered('c1', 1, 5)
  delivered('c1', 2, 7)
  refusal = new ApiError('CONSUMER.CREATE', { code: 503, err_code: 10_008, description: 'not available' })
  stood(3000)
  await new Promise(setImmediate)
  expect([made, asked()]).toEqual([[1], 1])
  refusal = undefined
  stood(3000)
  await new Promise(setImmediate)
  expect([made, asked(), counts.remade]).toEqual([[1, 8], 2, 1])
  expect(counts.statuses).toEqual({ 'no word of the server': 2, 'error 10008: not available': 1 })
  // The first one was only away, and has something to send after all.
  delivered('c1', 3, 8)
  delivered('c2', 1, 8)
  expect([received(), made]).toEqual([3, [1, 8]])
  end()
})

test('an ordered consumer that left something out is made again once, whatever the old one still sends', async () => {
  const { counts, made, received, delivered, status, end } = await reader({ take: 'ordered', ack: 'none' })
  delivered('c1', 1, 1)
  delivered('c1', 3, 3)
  await new Promise(setImmediate)
  delivered('c1', 4, 4)
  status('409 Consumer Deleted')
  for (const number of [1, 2, 3]) delivered('c2', number, 1 + number)
  await new Promise(setImmediate)
  expect([made, counts.remade, received()]).toEqual([[1, 2], 1, 4])
  end()
})
