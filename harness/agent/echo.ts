/** The echo job: sends back what comes, over plain TCP. With `ping` it gives the floor that no NATS latency can go below. */
import { createServer, type Socket } from 'node:net'
import type { Job } from '../model/plan.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'

type EchoJob = Extract<Job, { kind: 'echo' }>

export async function prepareEcho({ listen }: EchoJob, { finished, recorder }: JobContext): Promise<Work> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // The other end says what is wrong with the connection; here it just ends.
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      recorder.tally.received++
      recorder.tally.sent++
      socket.write(chunk)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Failure('connect', `echo must listen on ${listen.host}:${listen.port}, got: ${error.message}`)),
    )
    server.listen(listen.port, listen.host, resolve)
  })
  return {
    run: () => finished,
    perPublisher: () => ({}),
    close() {
      server.close()
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
}
