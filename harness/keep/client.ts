/** The other end of the keeper's socket. */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { BenchError, systemCodeOf } from '../model/error.ts'
import { parseAs } from '../model/json.ts'
import { answerSchema, type Answer, type Request } from './protocol.ts'

export interface Conversation {
  send(request: Request): void
  readonly answers: AsyncIterable<Answer>
  close(): void
}

/** Throws `not-found` when no topology is up. */
export async function converseWith(path: string): Promise<Conversation> {
  const socket = await opened(path)
  return {
    send: (request) => void socket.write(`${JSON.stringify(request)}\n`),
    answers: answersOf(socket),
    close: () => socket.destroy(),
  }
}

async function* answersOf(socket: Socket): AsyncGenerator<Answer> {
  for await (const line of linesOf(socket)) {
    const answer = parseAs(answerSchema, line)
    if (answer === undefined)
      throw new BenchError(
        'io',
        'the process that keeps the topology up must answer in its protocol, got something else',
      )
    if (answer.t === 'failed') {
      socket.destroy()
      const { code, message, lines, hint } = answer
      throw new BenchError(code, message, { lines, ...(hint === undefined ? {} : { hint }) })
    }
    yield answer
  }
}

/** They end where the other side is gone, however it went: whoever waits for more says what is missing. */
async function* linesOf(socket: Socket): AsyncGenerator<string> {
  const lines = createInterface({ input: socket })
  socket.once('close', () => lines.close()) // also by us, without which the lines would never end
  try {
    yield* lines
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
  }
}

function opened(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const none = error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
      reject(
        none
          ? new BenchError('not-found', 'a topology must be up, got none', { hint: 'pnpm bench up one-to-one' })
          : new BenchError('io', `socket ${path} must be open to us, got ${error.message}`, { cause: error }),
      )
    })
  })
}
