import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Receiver } from './engine.ts'
import type { Failure } from './failure.ts'
import { wireEngine } from './wire.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A connection to a server of 1 MiB max_payload that says these words when it hears of a subscription. */
async function linked(words: string | Buffer) {
  server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write('INFO {"max_payload":1048576}\r\n')
    socket.setEncoding('latin1').on('data', (said: string) => {
      if (said.includes('PING')) socket.write('PONG\r\n')
      if (said.includes('SUB ')) socket.write(words)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { promise: came, resolve } = Promise.withResolvers<number | Failure>()
  const link = await wireEngine.connect({ host: '127.0.0.1', port }, { token: '', name: 'x', timeoutMs: 5000 }, resolve)
  const receiver: Receiver = {
    arrived: () => undefined,
    message: ({ start, end }) => resolve(end - start),
    handled: () => undefined,
  }
  link.subscribe('a', undefined, receiver)
  const got = await came
  link.close()
  return got
}

test('takes the largest message of a stream as STREAM.MSG.GET gives it: base64 in JSON', async () => {
  const body = Buffer.from(`{"message":{"data":"${Buffer.alloc(1024 * 1024).toString('base64')}"}}`)
  expect(await linked(Buffer.concat([Buffer.from(`MSG a 1 ${body.length}\r\n`), body, Buffer.from('\r\n')]))).toBe(
    body.length,
  )
})

test('a connection that the server calls stale is lost, and may be made again', async () => {
  expect(await linked("-ERR 'Stale Connection'\r\n")).toMatchObject({ code: 'connection-lost' })
})
