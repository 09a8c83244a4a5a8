import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import type { Frame } from '../model/recording.ts'
import type { JobContext } from './job.ts'
import { closeAll, openLinks } from './links.ts'

test('a connection of ours beside those of a workload is made again like them, and its loss is not told as one of theirs', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
    socket.write('INFO {"max_payload":1048576}\r\n')
    socket.setEncoding('latin1').on('data', (said: string) => {
      if (said.includes('PING')) socket.write('PONG\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const told: Frame[] = []
  const context = {
    assignment: { id: 'put@send' },
    token: '',
    recorder: { now: () => 1 },
    emit: (frame: Frame) => void told.push(frame),
    fail: (failure: Error) => expect.fail(failure.message),
  } as unknown as JobContext
  const job = { engine: 'wire', servers: [{ host: '127.0.0.1', port }], connections: 1, reconnectMs: 1 } as const
  const links = [...(await openLinks(job, context)), ...(await openLinks({ ...job, beside: true }, context))]
  for (const socket of sockets.slice()) socket.destroy()
  await vi.waitFor(() => expect([sockets.length, told.length]).toEqual([4, 2]))
  await Promise.all(links.map((link) => link.flush(1000)))
  expect(told).toMatchObject([
    { connection: 0, state: 'lost' },
    { connection: 0, state: 'open' },
  ])
  closeAll(links)
  server.close()
})
