/** Fast batches as they are on the wire: against a peer that answers as nats-server 2.15.2 does (recorded: `{"type":"ack",...}`, then a PubAck). */
import { expect, test } from 'vitest'
import { listeningPeer, publishedTo, type PublishJob } from '../../fixtures/wire/publishing.ts'
import { sizeOf } from './payload.ts'

type Answer = (number: number, operation: string, replies: readonly string[]) => string | undefined

/** Takes PUBs and answers at their reply subjects. */
async function peer(answer: Answer): Promise<{ readonly port: number; readonly replies: string[] }> {
  const replies: string[] = []
  const port = await listeningPeer((came, socket) => {
    let text = came
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const [word = '', , reply = '', bytes = ''] = text.slice(0, end).split(/ +/)
      if (word === 'PUB' && text.length < end + 4 + Number(bytes)) break
      text = text.slice(end + 2 + (word === 'PUB' ? Number(bytes) + 2 : 0))
      if (word === 'PING') socket.write('PONG\r\n')
      if (word !== 'PUB') continue
      replies.push(reply)
      const [number, operation] = reply.split('.').slice(-3)
      const body = answer(Number(number), operation ?? '', replies)
      if (body !== undefined) socket.write(`MSG ${reply} 1 ${body.length}\r\n${body}\r\n`)
    }
    return text
  })
  return { port, replies }
}

const flow = 10

const published = (port: number, changes: Partial<PublishJob> = {}) =>
  publishedTo(port, { window: 40, flow, ...changes })

const ack = (seq: number) => JSON.stringify({ type: 'ack', seq, msgs: flow })
const asServer: Answer = (number, operation) => {
  if (operation === '0') return ack(0)
  if (operation === '3') return JSON.stringify({ stream: 'orders', seq: 1000, batch: 'b', count: number - 1 })
  return number % flow === 0 ? ack(number) : undefined
}

test('one batch for the whole load: begun, gone on with, ended; each acknowledgement speaks for all before it', async () => {
  const { port, replies } = await peer(asServer)
  const { over, acked, sent, tally } = await published(port)
  expect(over).toBeUndefined()
  expect(sent).toBeGreaterThan(flow)
  const parts = replies.map((reply) => reply.split('.'))
  expect(new Set(parts.map((each) => each.slice(0, 5).join('.'))).size).toBe(1)
  expect(parts.map((each) => each.slice(3).join('.'))).toEqual([
    `${flow}.fail.0000000001.0.$FI`,
    ...Array.from({ length: sent - 1 }, (_, i) => `${flow}.fail.${String(i + 2).padStart(10, '0')}.1.$FI`),
    `${flow}.fail.${sent + 1}.3.$FI`,
  ])
  expect(acked).toMatchObject({ publishers: { '3': { count: sent } }, errors: {} })
  expect(tally).toMatchObject({ sent, received: sent, late: 0 })
})

test('what the end of the batch does not speak for was not acknowledged', async () => {
  const { port } = await peer((number, operation, replies) => {
    if (operation !== '3') return operation === '0' ? ack(0) : asServer(number, operation, replies)
    return JSON.stringify({ stream: 'orders', seq: 1, batch: 'b', count: number - 1 - (((number - 2) % flow) + 1) })
  })
  const { acked, sent, tally } = await published(port)
  const missing = ((sent - 1) % flow) + 1
  // What an acknowledgement spoke for before the end stays acknowledged.
  const late = missing === flow ? 0 : missing
  expect(acked).toMatchObject({ publishers: { '3': { count: sent - late } } })
  expect(tally.late).toBe(late)
})

test.each([
  [
    { error: { code: 400, err_code: 10_205, description: 'batch publish is disabled' } },
    '10205 batch publish is disabled',
  ],
  [{ type: 'gap', last_seq: 3, seq: 5 }, '"type":"gap"'],
])('a batch that ends before its load fails with the words of the server', async (answer, words) => {
  const { port } = await peer((number, operation) =>
    operation === '0' ? ack(0) : number === 2 ? JSON.stringify(answer) : undefined,
  )
  const { over } = await published(port)
  expect(String(over)).toContain(words)
})

test('bytes are those of the messages, also where they are of several sizes', async () => {
  const payload = { bytes: 100, smaller: [{ bytes: 20, share: 0.5 }], compressible: 0, seed: 1 }
  const { port } = await peer(asServer)
  const { sent, tally } = await published(port, { payload })
  const size = sizeOf({ payload, publisher: 3 })
  const bytes = Array.from({ length: sent }, (_, sequence) => size(sequence)).reduce((sum, each) => sum + each, 0)
  expect(tally.bytes).toBe(bytes)
})
