import { expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import type { Delivery } from './engine.ts'
import { stampPublisher, stampSequence, writeStamp } from './stamp.ts'
import { WorkQueue } from './work-queue.ts'

/** One buffer that is read into again and again, as a connection has it. */
const buffer = Buffer.alloc(64)
const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)

function delivery(sequence: number): Delivery {
  const reply = `$JS.ACK.o.w.1.${sequence}`
  buffer.fill(0)
  buffer.write(reply, 'latin1')
  writeStamp(view, 32, sequence, 3, 0, 0)
  const place = { start: 32, end: 64, headerBytes: 0, replyStart: 0, replyEnd: reply.length }
  return {
    bytes: buffer,
    view,
    ...place,
    isAside: () => false,
    token: () => 0,
    replySubject: () => reply,
    respond: () => false,
  }
}

it('works on one message after the other, each as it was when it came', async () => {
  const began: (readonly [number, number, number])[] = []
  const over: string[] = []
  const done = Promise.withResolvers<void>()
  let now = 0
  // Time goes on by one unit of work at each look.
  const clock = { now: () => (now += 1e6) } as Clock
  const queue = new WorkQueue(
    1e6,
    (message) => {
      began.push([stampPublisher(message.view, message.start), stampSequence(message.view, message.start), message.end])
    },
    ({ reply }) => {
      over.push(reply)
      if (over.length === 5) done.resolve()
    },
  )
  for (let sequence = 0; sequence < 5; sequence++) queue.add(delivery(sequence), 1, clock)
  expect([began.length, over.length, queue.length]).toEqual([1, 0, 5])
  await done.promise
  queue.stop()
  expect(began).toEqual([0, 1, 2, 3, 4].map((sequence) => [3, sequence, 32]))
  expect(over).toEqual([0, 1, 2, 3, 4].map((sequence) => `$JS.ACK.o.w.1.${sequence}`))
  expect(queue.length).toBe(0)
})

it('takes each of many that wait as fast as each of a few', () => {
  const many = 300_000
  let began = 0
  const queue = new WorkQueue(
    1e12,
    () => began++,
    () => undefined,
  )
  const clock = { now: () => 1 } as Clock
  const one = delivery(0)
  for (let sequence = 0; sequence < many; sequence++) queue.add(one, 1, clock)
  expect(queue.length).toBe(many)
  const from = performance.now()
  queue.finish()
  // By an array that gives its first one away this took minutes.
  expect(performance.now() - from).toBeLessThan(5000)
  expect([began, queue.length]).toEqual([many, 0])
})
