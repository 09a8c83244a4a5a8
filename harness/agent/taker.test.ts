import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { ConsumedCounts, ConsumedSet } from './consumption.ts'
import type { Link, Receiver } from './engine.ts'
import type { JobContext } from './job.ts'
import { JsApi } from './js-api.ts'
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

/** A reader that has asked for messages; `asked` counts its requests. */
async function reader() {
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
  const taker = new Taker(job, context, parts, () => Promise.resolve('c'))
  const clock = { now: () => time } as Clock
  recorder.begin(clock, { warmupMs: 1e5, measureMs: 1e5, cooldownMs: 0 })
  await taker.begin(clock)
  return {
    counts,
    asked: () => asked,
    /** The clock goes on while this process does not run; then its timers are due. */
    stood: (ms: number) => {
      time += ms * 1e6
      vi.advanceTimersByTime(250)
    },
    heartbeat: () => {
      receiver?.arrived()
      receiver?.message(deliveryOf('_INBOX.x.p', '', { headers: 'NATS/1.0 100 Idle Heartbeat\r\n\r\n' }))
    },
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
