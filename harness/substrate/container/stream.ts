/** An exec stream of an engine: one socket that carries stdin out, and stdout and stderr back in frames. */
import { PassThrough, type Duplex, type Readable } from 'node:stream'
import { within } from '../../host/child.ts'
import { BenchError } from '../../model/error.ts'
import { ask, reason, type Container } from './engine.ts'

export interface ExecRequest {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface ExecStream {
  readonly stdout: Readable
  readonly stderr: Readable
  write(text: string): void
  closeInput(): void
  /** Resolves when the program has ended: its status as a shell counts it, or why it cannot be told. */
  readonly ended: Promise<{ readonly status: number } | { readonly lost: string }>
}

const headerBytes = 8
/** How long an engine may take, after the streams have ended, to report that the program has ended. */
const noticeMs = 5000
const pollMs = 20
/** While nobody reads, the end of the stream is not seen, so the engine is asked this often. */
const heldBackPollMs = 500

/** Starts a program in a running container. Throws BenchError `os`. */
export async function openExec(container: Container, request: ExecRequest): Promise<ExecStream> {
  const exec = await ask(
    `program ${request.command[0]} must be prepared`,
    container.exec({
      Cmd: [...request.command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(request.env === undefined
        ? {}
        : { Env: Object.entries(request.env).map(([key, value]) => `${key}=${value}`) }),
      ...(request.cwd === undefined ? {} : { WorkingDir: request.cwd }),
    }),
  )
  const socket: Duplex = await ask(
    `program ${request.command[0]} must start`,
    exec.start({ hijack: true, stdin: true, Tty: false }),
  )
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const running = async (): Promise<boolean | number> => {
    const state = await ask('state of a program must be known', exec.inspect(), noticeMs)
    return state.Running ? true : (state.ExitCode ?? -1)
  }
  const gone = Promise.withResolvers<string | undefined>()
  const over = (because?: string): void => {
    stdout.end()
    stderr.end()
    gone.resolve(because)
  }
  socket.on('error', (error) => over(reason(error)))
  socket.once('end', () => over())
  socket.once('close', () => over())
  demultiplex(socket, stdout, stderr, async () => {
    if ((await running()) !== true) gone.resolve(undefined)
  })
  const ended = gone.promise.then((broken) => statusAfter(running, broken))
  return {
    stdout,
    stderr,
    write: (text) => {
      if (socket.writable) socket.write(text)
    },
    closeInput: () => {
      socket.end()
    },
    ended,
  }
}

async function statusAfter(
  running: () => Promise<boolean | number>,
  broken: string | undefined,
): Promise<{ readonly status: number } | { readonly lost: string }> {
  const until = performance.now() + noticeMs
  try {
    for (;;) {
      const state = await running()
      if (typeof state === 'number') return { status: state }
      if (performance.now() > until) return { lost: broken ?? 'its streams have ended, it has not' }
      await within(new Promise<never>(() => undefined), pollMs)
    }
  } catch (error) {
    return { lost: broken ?? reason(error) }
  }
}

/**
 * Frames: one byte for the stream (1 stdout, 2 stderr), three of padding, four for the length, then the bytes.
 * While a reader is slow, nothing more is read from the socket; `stalled` is called from time to time until it has caught up.
 */
export function demultiplex(
  socket: Duplex,
  stdout: PassThrough,
  stderr: PassThrough,
  stalled: () => Promise<void>,
): void {
  const header = Buffer.alloc(headerBytes)
  let filled = 0
  let left = 0
  let target = stdout
  const holdBack = (behind: PassThrough): void => {
    socket.pause()
    const watch = setInterval(() => void stalled().catch(() => undefined), heldBackPollMs)
    behind.once('drain', () => {
      clearInterval(watch)
      socket.resume()
    })
  }
  socket.on('data', (chunk: Buffer) => {
    let behind: PassThrough | undefined
    let at = 0
    while (at < chunk.length) {
      if (left === 0) {
        const part = Math.min(headerBytes - filled, chunk.length - at)
        chunk.copy(header, filled, at, at + part)
        at += part
        filled += part
        if (filled < headerBytes) break
        filled = 0
        left = header.readUInt32BE(4)
        const stream = header[0]
        if (stream !== 1 && stream !== 2) {
          socket.destroy(new BenchError('bug', `exec stream must carry stdout or stderr, got stream ${stream}`))
          return
        }
        target = stream === 2 ? stderr : stdout
        continue
      }
      const part = Math.min(left, chunk.length - at)
      if (!target.write(chunk.subarray(at, at + part))) behind = target
      at += part
      left -= part
    }
    if (behind !== undefined) holdBack(behind)
  })
}
