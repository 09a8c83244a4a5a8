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
