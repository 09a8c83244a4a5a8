/** The ping job: one message to and fro over plain TCP, again and again, for the floor of all latencies. */
import { connect, type Socket } from 'node:net'
import type { Job, Target } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'

type PingJob = Extract<Job, { kind: 'ping' }>

/** The echo is started at the same time, so it may not listen yet. */
const connectDeadlineMs = 10_000
const retryMs = 25
const readBytes = 64 * 1024

export async function preparePing(job: PingJob, context: JobContext): Promise<Work> {
  const line = await connectPatiently(job.to)
  const bytes = Math.max(1, job.bytes)
  return {
    run: (clock) => pingPong(line, bytes, job.durationMs * 1e6, clock, context),
    perPublisher: () => ({}),
    close: () => line.socket.resetAndDestroy(), // leaves nothing in TIME_WAIT, see wire.ts
  }
}

/** Reads as the wire engine does, into one buffer, so that the floor is none of a slower way. */
interface Line {
  readonly socket: Socket
  onBytes: (count: number) => void
}

function pingPong(line: Line, bytes: number, durationNs: number, clock: Clock, context: JobContext): Promise<void> {
  const { socket } = line
  const { recorder, fail } = context
  const floor = recorder.histogram('floor')
  const message = Buffer.alloc(bytes, 0x2e)
  let sentAt = 0
  let missing = 0
  return new Promise((resolve) => {
    const lost = (what: string): void => fail(new Failure('connection-lost', `echo must answer, got: ${what}`))
    const ended = (): void => lost('the connection ended')
    const send = (): void => {
      missing = bytes
      recorder.tally.sent++
      sentAt = clock.now()
      socket.write(message)
    }
    socket.on('error', (error) => lost(error.message))
    socket.on('close', ended)
    line.onBytes = (count) => {
      missing -= count
      if (missing > 0) return
      const now = clock.now()
      recorder.tick(now)
      recorder.tally.received++
      recorder.tally.bytes += bytes
      floor.record(now - sentAt)
      if (now < durationNs) return send()
      socket.off('close', ended)
      resolve()
    }
    setTimeout(send, Math.max(0, -clock.now() / 1e6))
  })
}

async function connectPatiently(target: Target): Promise<Line> {
  const deadline = performance.now() + connectDeadlineMs
  for (;;) {
    try {
      return await connectOnce(target)
    } catch (error) {
      if (performance.now() > deadline) {
        const why = error instanceof Error ? error.message : String(error)
        throw new Failure('connect', `echo must accept a connection within ${connectDeadlineMs} ms, got: ${why}`)
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

function connectOnce({ host, port }: Target): Promise<Line> {
  return new Promise((resolve, reject) => {
    const callback = (count: number): boolean => {
      line.onBytes(count)
      return true
    }
    const onread = { buffer: Buffer.allocUnsafeSlow(readBytes), callback }
    const socket = connect({ host, port, noDelay: true, onread })
    const line: Line = { socket, onBytes: () => undefined }
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(line)
    })
  })
}
