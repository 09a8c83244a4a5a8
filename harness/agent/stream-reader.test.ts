import { expect, it } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import type { Link, Receiver } from './engine.ts'
import { StreamReader } from './stream-reader.ts'

/** A connection whose requests are answered by `publish`; what is subscribed is told to `heard`. */
const linkOf = (heard: (receiver: Receiver) => void, publish: Link['publish']): Link => ({
  maxPayload: 1_048_576,
  subscribe: (_subject, _queue, each) => heard(each),
  sender: () => expect.fail('nothing is published here'),
  flush: () => Promise.resolve(),
  close: () => undefined,
  publish,
})

/** A stream of messages with these sequence numbers, of `bytes` each; what comes on the way is `arrives`. Gives the batches asked for. */
async function read(messages: number, bytes: number, arrives: (sequence: number) => boolean = () => true) {
  const batches: number[] = []
  let receiver: Receiver | undefined
  let sent = 0
  const link = linkOf(
    (each) => (receiver = each),
    (_subject, body) => {
      const { batch } = JSON.parse(String(body)) as { batch: number }
      batches.push(batch)
      const until = Math.min(messages, sent + batch)
      queueMicrotask(() => {
        while (sent < until) {
          const sequence = ++sent
          if (!arrives(sequence)) continue
          receiver?.message(deliveryOf('', Buffer.alloc(16), { reply: `$JS.ACK.s.c.1.${sequence}.${sequence}.1.0` }))
        }
        receiver?.handled()
      })
    },
  )
  const reader = new StreamReader(link)
  await reader.all('s', 'c', { messages, bytes: messages * bytes, last: messages })
  return { batches, read: reader.read, whole: reader.whole }
}

it('is not whole where a message was lost on its way, though the last one came', async () => {
  expect(await read(50, 100)).toMatchObject({ read: 50, whole: true })
  expect(await read(50, 100, (sequence) => sequence !== 20)).toMatchObject({ read: 49, whole: false })
})

it('asks for no more at once than a server may have waiting for a client', async () => {
  const { batches, whole } = await read(1000, 65_536)
  expect(whole).toBe(true)
  expect(Math.max(...batches) * 65_536 * 2).toBeLessThanOrEqual(1_048_576)
  expect((await read(10, 100)).batches).toEqual([5242])
})

it('what is still on its way of a reader that gave up is not read by the next one', async () => {
  let receiver: Receiver | undefined
  const message = (consumer: string, place: number) =>
    receiver?.message(
      deliveryOf('', Buffer.alloc(16, place), { reply: `$JS.ACK.s.${consumer}.1.${place}.${place}.1.0` }),
    )
  const link = linkOf(
    (each) => (receiver = each),
    () =>
      queueMicrotask(() => {
        message('proof-1', 3)
        message('proof-2', 1)
        message('proof-1', 4)
        message('proof-2', 2)
      }),
  )
  const reader = new StreamReader(link)
  await reader.all('s', 'proof-2', { messages: 2, bytes: 32, last: 2 })
  expect(reader).toMatchObject({ read: 2, last: 2, whole: true })
})
