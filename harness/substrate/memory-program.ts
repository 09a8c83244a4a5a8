/** A function in place of a program, with lines in, lines out, an exit status and signals. */
import { BenchError, reasonOf } from '../model/error.ts'
import type { Child, Exit } from '../host/host.ts'

/** Resolves with the exit status; throwing is status 1 with the message on stderr. */
export type Program = (io: ProgramIo) => Promise<number>

export interface ProgramIo {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly node: string
  /** Ends when the input is closed or a signal tells the program to end. */
  readonly input: AsyncIterable<string>
  readonly write: (line: string) => void
  readonly error: (line: string) => void
  /** Aborted by SIGTERM, SIGINT and SIGHUP: the program may then end by itself. */
  readonly signal: AbortSignal
}

export interface Pretend {
  readonly child: Child
}

export function startPretend(program: Program, setting: Pick<ProgramIo, 'command' | 'env' | 'node'>): Pretend {
  const input = lineQueue()
  const output = lineQueue()
  const last: string[] = []
  const asked = new AbortController()
  const ended = Promise.withResolvers<Exit>()
  const held: string[] = []
  let paused = false
  let over = false
  const end = (exit: Exit): void => {
    if (over) return
    over = true
    input.close()
    output.close()
    ended.resolve(exit)
  }
  const io: ProgramIo = {
    ...setting,
    input: input.lines,
    write: (line) => {
      if (paused) held.push(line)
      else if (!over) output.push(line)
    },
    error: (line) => {
      last.push(line)
      if (last.length > 40) last.shift()
    },
    signal: asked.signal,
  }
  const ask = (name: string): void => {
    if (asked.signal.aborted) return
    input.close()
    asked.abort(name)
  }
  const reactions: Readonly<Record<Parameters<Child['signal']>[0], () => void>> = {
    SIGTERM: () => ask('SIGTERM'),
    SIGINT: () => ask('SIGINT'),
    SIGHUP: () => ask('SIGHUP'),
    SIGKILL: () => end({ signal: 'SIGKILL' }),
    SIGSTOP: () => {
      paused = true
    },
    SIGCONT: () => {
      paused = false
      for (const line of held.splice(0)) if (!over) output.push(line)
    },
  }
  Promise.resolve()
    .then(() => program(io))
    .then(
      (status) => end({ status }),
      (error: unknown) => {
        io.error(reasonOf(error))
        end({ status: 1 })
      },
    )
  let partial = ''
  const child: Child = {
    write: (text) => {
      const lines = (partial + text).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) input.push(line)
    },
    closeInput: () => input.close(),
    lines: output.lines,
    tail: () => [...last, ...output.waiting()].slice(-40),
    exit: ended.promise,
    signal: (name) => {
      if (!over) reactions[name]()
    },
    async stop(graceMs = 3000) {
      child.signal('SIGTERM')
      child.signal('SIGCONT')
      const timer = setTimeout(() => child.signal('SIGKILL'), graceMs)
      return ended.promise.finally(() => clearTimeout(timer))
    },
  }
  return { child }
}

interface LineQueue {
  readonly lines: AsyncIterable<string>
  push(line: string): void
  close(): void
  /** Lines nobody has read. */
  waiting(): readonly string[]
}

function lineQueue(): LineQueue {
  const queue: string[] = []
  let closed = false
  let read = false
  let wake: (() => void) | undefined
  async function* drain(): AsyncGenerator<string> {
    for (;;) {
      const line = queue.shift()
      if (line !== undefined) yield line
      else if (closed) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  return {
    lines: {
      [Symbol.asyncIterator]() {
        if (read) throw new BenchError('bug', 'lines of a program must have one reader, got another')
        read = true
        return drain()
      },
    },
    push: (line) => {
      if (closed) return
      queue.push(line)
      wake?.()
    },
    close: () => {
      closed = true
      wake?.()
    },
    waiting: () => [...queue],
  }
}
