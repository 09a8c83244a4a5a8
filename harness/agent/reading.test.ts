import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import { JsApi } from './js-api.ts'
import { drained, leftIn } from './reading.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A stream that sends `perLook` messages between two looks, and `asked` more after the readers were stopped. */
function stream(messages: number, perLook: number, asked = 0) {
  let [left, stopped, due] = [messages, false, asked]
  const sent = { received: 0 }
  setInterval(() => {
    const now = Math.min(left, stopped ? Math.min(due, perLook) : perLook)
    if (stopped) due -= now
    left -= now
    sent.received += now
  }, 50)
  return {
    sent,
    left: drained({
      count: () => Promise.resolve(left),
      received: () => sent.received,
      stop: async () => {
        await Promise.resolve()
        stopped = true
      },
    }),
  }
}

test('what came is waited for', async () => {
  const { sent, left } = stream(100, 10)
  await vi.advanceTimersByTimeAsync(20_000)
  expect([await left, sent.received]).toEqual([0, 100])
})

test('what is still coming after ten seconds is received or left, and never both', async () => {
  const { sent, left } = stream(100_000, 10, 25)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(sent.received).toBeGreaterThan(1000)
  expect((await left) + sent.received).toBe(100_000)
})

test('a clock on the wall that is set meanwhile ends no waiting', async () => {
  const { sent, left } = stream(1000, 10)
  setInterval(() => vi.setSystemTime(Date.now() + 3_600_000), 300)
  await vi.advanceTimersByTimeAsync(20_000)
  expect([await left, sent.received]).toEqual([0, 1000])
})

test('what does not come any more is left after three seconds', async () => {
  const { left } = stream(5, 0)
  await vi.advanceTimersByTimeAsync(3200)
  expect(await left).toBe(5)
})

/** Answers every question so. */
function answering(text: string): JsApi {
  let answer: (reply: string) => void = () => undefined
  return new JsApi({
    maxPayload: 1,
    subscribe: (_subject, _queue, receiver) =>
      void (answer = (reply) => void receiver.message(deliveryOf(reply, Buffer.from(text)))),
    sender: () => expect.fail('nothing is published here'),
    flush: () => Promise.resolve(),
    close: () => undefined,
    publish: (_subject, _body, reply = '') => void queueMicrotask(() => void answer(reply)),
  })
}

test.each([
  ['none', 7],
  ['explicit', 3],
] as const)(
  'with acknowledgements %s, %d messages are left: those that wait here for their work, or those that the server waits for',
  async (ack, left) => {
    const api = answering('{"num_pending":0,"num_ack_pending":3}')
    const readers = [2, 5].map((waiting) => ({ consumer: 'c', waiting }))
    expect(await leftIn({ stream: 's', ack })(api, readers)).toBe(left)
  },
)

test.each([
  [10_059, 404, 0],
  [10_014, 404, 1],
  [10_008, 503, 1],
])('where the server says error %d (%d), %d messages are taken to be left', async (err_code, code, left) => {
  const api = answering(JSON.stringify({ error: { code, err_code, description: 'x' } }))
  expect(await leftIn({ stream: 's', ack: 'explicit' })(api, [{ consumer: 'c' }])).toBe(left)
})
