import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { natsJsEngine } from './nats-js.ts'
import { Recorder } from './recorder.ts'
import { Inbox } from './subscribe.ts'
import { wireEngine } from './wire.ts'

const published = ['orders.1', '_INBOXES.1']
const aside = ['$JS.API.STREAM.INFO', '$KV.settings.a', '_INBOX.x.1', '$JS.EVENT.ADVISORY.API']

/** A server that hands each subscription one message of every subject; its port. */
async function serverOf(subjects: readonly string[]): Promise<number> {
  const info = { server_id: 'x', version: '2.12.0', proto: 1, max_payload: 1024, headers: true }
  const server = createServer((socket) => {
    socket.write(`INFO ${JSON.stringify(info)}\r\n`)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n')) {
        const sid = /^SUB .* (\S+)$/.exec(line)?.[1]
        if (sid !== undefined) for (const subject of subjects) socket.write(`MSG ${subject} ${sid} 3\r\nabc\r\n`)
        if (line === 'PING') socket.write('PONG\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test.each([
  ['wire', '>'],
  ['wire', '*.>'],
  ['nats.js', '>'],
  ['nats.js', '*.>'],
])('%s: a subscriber to %s leaves out inboxes and what is below $', async (name, subject) => {
  const port = await serverOf([...aside, ...published])
  const engine = name === 'wire' ? wireEngine : await natsJsEngine()
  const link = await engine.connect(
    { host: '127.0.0.1', port },
    { token: '', name, timeoutMs: 60_000 },
    () => undefined,
  )
  onTestFinished(() => {
    link.close()
  })
  const inbox = new Inbox(new Recorder(() => undefined), { subject, stamped: false, publishers: 1 })
  link.subscribe(subject, undefined, inbox)
  await link.flush(60_000)
  expect(inbox.received).toBe(published.length)
})
