import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { httpGet } from './http.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A server that does this with each connection, once the question has come whole. */
async function answering(answer: (socket: Socket, question: string) => void) {
  server = createServer((socket) => {
    let question = ''
    socket.on('error', () => socket.destroy())
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      question += chunk
      if (question.endsWith('\r\n\r\n')) answer(socket, question)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

test('gives the body, also of a status that is no success, however it is cut', async () => {
  const body = Buffer.from('{"status":"fällt aus"}')
  const target = await answering((socket, question) => {
    expect(question).toMatch(/^GET \/healthz\?js=1 HTTP\/1\.0\r\nHost: 127\.0\.0\.1:\d+\r\n\r\n$/)
    socket.write('HTTP/1.0 503 Service Unavailable\r\nContent-Type: application/json\r\n\r')
    socket.write('\n')
    socket.write(body.subarray(0, 12), () => socket.end(body.subarray(12)))
  })
  expect(await httpGet(target, '/healthz?js=1')).toBe('{"status":"fällt aus"}')
})

test('is no answer: silence, another protocol, an end before the body, too much, nobody', async () => {
  await expect(httpGet(await answering(() => undefined), '/varz', 20)).rejects.toThrow('no answer in time')
  await expect(httpGet(await answering((socket) => socket.end('INFO {}\r\n\r\n')), '/varz')).rejects.toThrow('no HTTP')
  await expect(httpGet(await answering((socket) => socket.end('HTTP/1.0 200')), '/varz')).rejects.toThrow('no HTTP')
  const much = Buffer.alloc(5 * 1024 * 1024)
  await expect(httpGet(await answering((socket) => socket.write(much)), '/varz')).rejects.toThrow('too long')
  const nobody = await answering(() => undefined)
  server?.close()
  await expect(httpGet(nobody, '/varz')).rejects.toThrow('ECONNREFUSED')
})

test('a path that would be more than a path is refused', async () => {
  await expect(httpGet({ host: '127.0.0.1', port: 1 }, '/a HTTP/1.1\r\nX: 1')).rejects.toThrow('printable ASCII')
})
