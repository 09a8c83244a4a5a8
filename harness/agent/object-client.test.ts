/** Objects on the wire: answers as nats-server 2.15.2 gives them; what our client puts was got by natscli 0.5.1, digest and all. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import type { Link, Receiver } from './engine.ts'
import { ObjectClient } from './object-client.ts'

/** A stream of one store; `spoil` changes a chunk on its way out; chunks are refused where it is `full`. */
function store(spoil: (chunk: Buffer) => Buffer = (chunk) => chunk, full = false) {
  let receiver: Receiver | undefined
  const stored: { readonly subject: string; readonly body: Buffer; readonly headers: unknown }[] = []
  const answer = (to: string, value: object) =>
    queueMicrotask(() => receiver?.message(deliveryOf(to, JSON.stringify(value))))
  const link = {
    subscribe: (_subject: string, _queue: string | undefined, each: Receiver) => void (receiver = each),
    publish(subject: string, payload: string | Uint8Array, reply = '', headers?: Readonly<Record<string, string>>) {
      if (full) return answer(reply, { error: { code: 503, err_code: 10077, description: 'maximum bytes exceeded' } })
      if (subject.startsWith('$O.')) {
        stored.push({ subject, body: Buffer.from(payload as Uint8Array), headers })
        return answer(reply, { stream: 'OBJ_files', seq: stored.length })
      }
      if (subject.startsWith('$JS.API.DIRECT.GET.')) {
        const found = stored.findLast((each) => subject.endsWith(each.subject))
        const headers =
          found === undefined ? 'NATS/1.0 404 Message Not Found\r\n\r\n' : 'NATS/1.0\r\nNats-Sequence: 1\r\n\r\n'
        return queueMicrotask(() => receiver?.message(deliveryOf(reply, found?.body ?? Buffer.alloc(0), { headers })))
      }
      if (!subject.startsWith('$JS.API.CONSUMER.MSG.NEXT.')) return answer(reply, { success: true })
      const consumer = subject.split('.').at(-1)!
      for (const { subject: own, body } of stored.filter((each) => each.subject.startsWith('$O.files.C.')))
        receiver?.message(deliveryOf(own, spoil(body), { reply: `$JS.ACK.OBJ_files.${consumer}.1.1.1.1.0` }))
    },
  } as Partial<Link> as Link
  return { client: new ObjectClient(link, { stream: 'OBJ_files', store: 'files', timeoutMs: 60_000 }), stored }
}

const body = Buffer.alloc(300_000, 'objects ')

it('an object is chunks of 128 KiB and what is known of it, which replaces what was there', async () => {
  const { client, stored } = store()
  expect(await client.put('a b', body)).toMatchObject({ sequence: 4 })
  expect(stored.map((each) => each.body.length).slice(0, 3)).toEqual([131_072, 131_072, 37_856])
  const known = stored[3]!
  expect([known.subject, known.headers]).toEqual(['$O.files.M.YSBi', { 'Nats-Rollup': 'sub' }])
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64url')}=`
  expect(JSON.parse(known.body.toString())).toMatchObject({
    name: 'a b',
    bucket: 'files',
    size: 300_000,
    chunks: 3,
    digest,
  })
  const got = await client.get('a b')
  expect(got.bytes).toBe(300_000)
  await got.tidy()
})

it('one that is not what its digest says is refused, and one that is not there', async () => {
  const { client } = store((chunk) => Buffer.concat([chunk.subarray(1), Buffer.from('x')]))
  await client.put('a', body)
  await expect(client.get('a')).rejects.toThrow('object must be 300000 bytes with digest SHA-256=')
  await expect(client.get('b')).rejects.toThrow('404 Message Not Found')
})

it('a store that is full refuses with its own words, however many chunks are on their way', async () => {
  const { client } = store(undefined, true)
  await expect(client.put('a', Buffer.alloc(8_000_000))).rejects.toThrow('10077 maximum bytes exceeded')
  // A rejection that nobody waits for would end the agent here.
  await new Promise(setImmediate)
})

it('a get that came too late leaves chunks on their way, which are none of the next get', async () => {
  const consumers: string[] = []
  let receiver: Receiver | undefined
  const chunks = [Buffer.alloc(131_072, 'a'), Buffer.alloc(5, 'b')]
  const digest = `SHA-256=${createHash('sha256').update(Buffer.concat(chunks)).digest('base64url')}=`
  const chunk = (of: number, i: number) =>
    receiver?.message(
      deliveryOf('$O.files.C.x', chunks[i]!, { reply: `$JS.ACK.OBJ_files.${consumers[of]!}.1.1.${i + 1}.1.0` }),
    )
  const link = {
    subscribe: (_subject: string, _queue: string | undefined, each: Receiver) => void (receiver = each),
    publish(subject: string, _payload: string | Uint8Array, reply = '') {
      const known = JSON.stringify({ nuid: 'x', size: 131_077, chunks: 2, digest })
      const name = subject.split('.').at(-1)!
      if (subject.includes('.CONSUMER.CREATE.')) consumers.push(name)
      if (!subject.includes('.MSG.NEXT.')) return queueMicrotask(() => receiver?.message(deliveryOf(reply, known)))
      // The first consumer sends what is left while the second one begins.
      if (consumers.length === 1) return chunk(0, 0)
      for (const [of, i] of [
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const)
        chunk(of, i)
    },
  } as Partial<Link> as Link
  const client = new ObjectClient(link, { stream: 'OBJ_files', store: 'files', timeoutMs: 50 })
  await expect(client.get('a')).rejects.toMatchObject({ code: 'timeout' })
  expect((await client.get('a')).bytes).toBe(131_077)
})
