import { Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listeningPeer } from '../../fixtures/wire/publishing.ts'
import { loadEngine } from './engine.ts'

const request = (reply: string) => `MSG work 1 ${reply} 2\r\nhi\r\n`
const answer = Buffer.from('+ACK')

test('replies and questions of one read are one write, in their order', async () => {
  const port = await listeningPeer((text, socket) => {
    if (text.endsWith('PING\r\n')) socket.write('PONG\r\n')
    else if (text.startsWith('SUB')) socket.write(request('one') + request('two'))
    return ''
  })
  const wire = await loadEngine('wire')
  const options = { token: '', name: 'test', timeoutMs: 60_000 }
  const link = await wire.connect({ host: '127.0.0.1', port }, options, () => undefined)
  onTestFinished(() => link.close())
  const write = vi.spyOn(Socket.prototype, 'write')
  onTestFinished(() => write.mockRestore())
  await new Promise<void>((resolve) => {
    link.subscribe('work', undefined, {
      arrived: () => undefined,
      message: (delivery) => void delivery.respond(answer, 0, answer.length),
      handled: () => {
        link.publish('more', 'please')
        setImmediate(resolve)
      },
    })
  })
  const published = write.mock.calls.map(([said]) => String(said)).filter((said) => said.startsWith('PUB'))
  expect(published).toEqual(['PUB one 4\r\n+ACK\r\nPUB two 4\r\n+ACK\r\nPUB more 6\r\nplease\r\n'])
})
