import { expect, it } from 'vitest'
import type { Delivery, Link, Receiver } from './engine.ts'
import { JsApi } from './js-api.ts'
import { baseOf, holdersOf, readReplicas, replicasTold } from './replicas.ts'
import { stampBytes, writeStamp } from './stamp.ts'

type Message = readonly [place: number, publisher: number, sequence: number]

function delivery(reply: string, body: Uint8Array): Delivery {
  const bytes = Buffer.concat([Buffer.from(reply), body])
  const start = reply.length
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    start,
    end: bytes.length,
    headerBytes: 0,
    replyStart: 0,
    replyEnd: start,
    isAside: () => true,
    token: () => Number(/\.(\d+)$/.exec(reply)?.[1]),
    replySubject: () => reply,
    respond: () => false,
  }
}

/** A cluster that puts each consumer on the next of its servers, and gives what that one holds. */
function cluster(stores: Readonly<Record<string, readonly Message[] | undefined>>) {
  const names = Object.keys(stores)
  let receiver: Receiver | undefined
  let apiReceiver: Receiver | undefined
  let made = 0
  const on = new Map<string, string>()
  const link = (): Link => ({
    maxPayload: 1e6,
    subscribe: (_subject, _queue, each) => void (receiver = each),
    sender: () => {
      throw new Error('nothing is published here')
    },
    flush: () => Promise.resolve(),
    close: () => undefined,
    publish(subject) {
      const consumer = subject.split('.').at(-1) ?? ''
      const store = stores[on.get(consumer) ?? ''] ?? []
      for (const [i, [place, publisher, sequence]] of store.entries()) {
        const body = Buffer.alloc(stampBytes)
        writeStamp(new DataView(body.buffer, body.byteOffset, stampBytes), 0, sequence, publisher, 0, 0)
        receiver?.message(delivery(`$JS.ACK.orders.${consumer}.1.${place}.${i + 1}.1.0`, body))
      }
    },
  })
  const asking = link()
  const api = new JsApi({
    ...asking,
    subscribe: (_subject, _queue, each) => void (apiReceiver = each),
    publish(subject, _body, reply = '') {
      const [, , noun, verb, , consumer = ''] = subject.split('.')
      const server = names[made++ % names.length]!
      if (verb === 'CREATE') on.set(consumer, server)
      else made--
      const away = verb === 'CREATE' && stores[server] === undefined
      const answer = away
        ? { error: { code: 503, err_code: 10_008, description: 'away' } }
        : { cluster: { leader: server } }
      queueMicrotask(() =>
        apiReceiver?.message(delivery(reply, Buffer.from(JSON.stringify(noun === 'CONSUMER' ? answer : {})))),
      )
    },
  })
  return { link: link(), api }
}

async function told(
  stores: Readonly<Record<string, readonly Message[] | undefined>>,
  messages: number,
  last: number,
  stamped = true,
) {
  const { link, api } = cluster(stores)
  const holders = Object.keys(stores)
  const readings = await readReplicas(link, api, { stream: 'orders', holders, stamped }, { messages, bytes: 0, last })
  return { told: replicasTold(holders, readings), base: baseOf(holders, readings) }
}

const two: readonly Message[] = [
  [1, 0, 0],
  [2, 0, 1],
]

it('the leader comes first among those that hold a stream; a server alone has none', () => {
  const cluster = { leader: 'hub-2', replicas: [{ name: 'hub-1', current: true }, { name: 'hub-3' }] }
  expect(holdersOf({ cluster })).toEqual(['hub-2', 'hub-1', 'hub-3'])
  expect(holdersOf({})).toEqual([])
})

it('every replica is read, out of its own store, and held against the leader', async () => {
  const all = await told({ a: two, b: two, c: two }, 2, 2)
  const same = { read: 2, last: 2, whole: true, same: true }
  expect(all.told).toEqual([
    { node: 'a', ...same },
    { node: 'b', ...same },
    { node: 'c', ...same },
  ])
  expect(all.base?.told()).toMatchObject({ '0': { count: 2, duplicates: 0 } })
})

it('one that lacks a message, or has them in other places, is not the same, and says what it has', async () => {
  const swapped: readonly Message[] = [
    [1, 0, 1],
    [2, 0, 0],
  ]
  const { told: said } = await told({ a: two, b: [[2, 0, 1]], c: swapped }, 2, 2)
  expect(said[1]).toMatchObject({
    node: 'b',
    read: 1,
    last: 2,
    whole: true,
    same: false,
    publishers: { '0': { count: 1 } },
  })
  expect(said[2]).toMatchObject({ node: 'c', read: 2, whole: true, same: false })
})

it('one that is away is left without a reading, and the others are read', async () => {
  const { told: said } = await told({ a: two, b: undefined, c: two }, 2, 2)
  expect(said.map(({ node, ...rest }) => [node, 'read' in rest])).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
  ])
})

it('chunks of objects, whose first bytes are no stamps, are compared all the same', async () => {
  const chunks: readonly Message[] = [
    [1, 7, 0xf000_0000],
    [2, 7, 0x0fff_ffff],
  ]
  const { told: said } = await told({ a: chunks, b: chunks, c: [chunks[0]!, two[1]!] }, 2, 2, false)
  const each = { read: 2, last: 2, whole: true }
  expect(said).toEqual([
    { node: 'a', ...each, same: true },
    { node: 'b', ...each, same: true },
    { node: 'c', ...each, same: false },
  ])
})
