import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import type { Link, Receiver } from './engine.ts'
import { fillStream } from './filling.ts'
import { JsApi } from './js-api.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server whose stream has five messages for ever; `answer`: what it says to a message with a question. */
function full(answer: string | undefined) {
  let receiver: Receiver | undefined
  const asked: string[] = []
  const link: Link = {
    maxPayload: 1e6,
    subscribe: (_subject, _queue, each) => void (receiver = each),
    sender: () => ({
      messageBytes: 64,
      room: () => 1000,
      put: () => 0,
      push: () => undefined,
      onRoom: () => undefined,
    }),
    flush: () => Promise.resolve(),
    close: () => undefined,
    publish(subject, _body, reply = '') {
      const said = subject.startsWith('$JS.API.') ? '{"state":{"last_seq":5}}' : answer
      if (!subject.startsWith('$JS.API.')) asked.push(subject)
      if (said !== undefined) setTimeout(() => receiver?.message(deliveryOf(reply, said)), 100)
    },
  }
  const filling = {
    stream: 'orders',
    subject: 'orders',
    messages: 100,
    payload: { bytes: 64, compressible: 0, seed: 1 },
  }
  return { link, api: new JsApi(link), filling, asked }
}

async function failureOf(answer: string | undefined, subjects: number) {
  const { link, api, filling, asked } = full(answer)
  const failed = fillStream(link, api, { ...filling, subjects }).then(
    () => undefined,
    (error: unknown) => error,
  )
  await vi.advanceTimersByTimeAsync(20_000)
  return { error: await failed, asked }
}

test('a stream that takes no more is asked why, and the answer is the end', async () => {
  const { error, asked } = await failureOf('{"error":{"code":503,"err_code":10047,"description":"insufficient"}}', 1)
  expect(error).toMatchObject({
    code: 'server-error',
    message: 'stream orders must take 100 messages, got 5, then error 10047: insufficient',
  })
  expect(asked).toEqual(['orders'])
})

test('it is asked by a subject that it stores, and a server that says nothing is told as that', async () => {
  const { error, asked } = await failureOf(undefined, 3)
  expect(error).toMatchObject({
    code: 'timeout',
    message: 'stream orders must take 100 messages, got 5, then nothing for 10000 ms',
  })
  expect(asked).toEqual(['orders.0'])
})

test('no more goes out at once than a server keeps waiting for a stream, in messages and in bytes', async () => {
  for (const bytes of [64, 1_000_000]) {
    let [receiver, sent, stored, most]: [Receiver | undefined, number, number, number] = [undefined, 0, 0, 0]
    const { link } = full(undefined)
    const counting: Link = {
      ...link,
      subscribe: (_subject, _queue, each) => void (receiver = each),
      sender: (shape) => ({ ...link.sender(shape), put: (_sequence, count) => (sent += count) }),
      publish(_subject, _body, reply = '') {
        most = Math.max(most, sent - stored)
        stored = sent
        setTimeout(() => receiver?.message(deliveryOf(reply, `{"state":{"last_seq":${stored}}}`)), 1)
      },
    }
    const payload = { bytes, compressible: 0, seed: 1 }
    const filled = fillStream(counting, new JsApi(counting), {
      stream: 's',
      subject: 's',
      subjects: 1,
      messages: 9000,
      payload,
    })
    await vi.advanceTimersByTimeAsync(1000)
    await filled
    expect(sent).toBe(9000)
    expect(most).toBeLessThanOrEqual(4000)
    expect(most * bytes).toBeLessThanOrEqual(64 * 1024 * 1024)
  }
})
