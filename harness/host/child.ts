/** Starts a program of this machine in a process group of its own and ends the whole group with it. */
import process from 'node:process'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { BenchError } from '../model/error.ts'
import { known } from '../model/known.ts'
import { LineCutter, LineFeed } from './lines.ts'
import type { Child, Exit, SpawnOptions } from './host.ts'

export type SignalName = Parameters<Child['signal']>[0]

const tailLines = 40
const tailLineBytes = 4096
/** How long output may stay open after its program has ended: a grandchild may hold it. */
const drainMs = 500
/** How long the system may take to end what it was told to kill; over ssh to a busy board the order alone took above 10 s. */
export const killedMs = 60_000

/** Throws BenchError `os` when it cannot be started. `claim` sees each line of stderr first; true keeps it from the tail. */
export async function startChild(
  command: readonly string[],
  options: SpawnOptions = {},
  claim: (line: string) => boolean = () => false,
): Promise<Child> {
  const what = describeCommand(command)
  const [file, ...args] = command
  if (file === undefined) throw new BenchError('bug', 'command must name a program, got an empty list')
  const subprocess = execa(file, args, {
    ...known({ env: options.env, cwd: options.cwd }),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    encoding: 'buffer',
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  })
  const pid = subprocess.pid
  if (pid === undefined) throw notStarted(what, (await subprocess).originalMessage)

  let last: { readonly line: string; readonly of: 'stdout' | 'stderr' }[] = []
  const rememberOf =
    (of: 'stdout' | 'stderr') =>
    (line: string): void => {
      last.push({ line, of })
      if (last.length > tailLines) last.shift()
    }
  const remember = rememberOf('stderr')
  const lines = new LineFeed(subprocess.stdout, what, rememberOf('stdout'), () => {
    last = last.filter(({ of }) => of === 'stderr')
  })
  watchTail(subprocess.stderr, (line) => {
    if (!claim(line)) remember(line)
  })
  subprocess.stdin.on('error', (error) => remember(`(its input is closed: ${error.message})`))
  // execa's own promise also waits for grandchildren that hold the pipes; ours is the 'exit' event below.
  void subprocess.catch(() => undefined)

  let ended = false
  const exit = new Promise<Exit>((resolve) => {
    subprocess.nodeChildProcess.once('exit', (status, signal) => {
      ended = true
      // Now, while the number cannot have been given to someone else.
      signalGroup(pid, 'SIGKILL')
      void drained([subprocess.stdout, subprocess.stderr]).then(() => {
        resolve({ ...(status === null ? {} : { status }), ...(signal === null ? {} : { signal }) })
      })
    })
  })
  const signal = (name: SignalName): void => {
    if (!ended) signalGroup(pid, name)
  }
  return {
    pid,
    write: (text) => {
      subprocess.stdin.write(text)
    },
    closeInput: () => {
      subprocess.stdin.end()
    },
    lines,
    tail: () => last.map(({ line }) => line),
    exit,
    signal,
    stop: (graceMs = 3000) => stopChild(what, exit, signal, graceMs),
  }
}

/** Asks, waits, forces; shared by all kinds of children. */
export async function stopChild(
  what: string,
  exit: Promise<Exit>,
  signal: (name: SignalName) => void,
  graceMs: number,
): Promise<Exit> {
  signal('SIGTERM')
  signal('SIGCONT') // a paused program cannot end
  const asked = await within(exit, graceMs)
  if (asked !== undefined) return asked
  signal('SIGKILL')
  const forced = await within(exit, killedMs)
  if (forced === undefined) {
    throw new BenchError('os', `${what} did not end within ${killedMs} ms of SIGKILL, got no exit`)
  }
  return forced
}

/** Undefined when it takes longer. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** For people: the program and its arguments, cut. */
export function describeCommand(command: readonly string[]): string {
  const text = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}

export function notStarted(what: string, because: string | undefined): BenchError {
  return new BenchError(
    'os',
    `command \`${what}\` must start, got ${because ?? 'no reason'}${limitIn(because ?? '')}`,
    {
      hint: /ENOENT/.test(because ?? '') ? 'the program is not installed or not on PATH' : 'see the reason above',
    },
  )
}

/** `what`: the command, and where it ran if that is not here. `lines`: the last that it said. */
export function notAccepted(
  what: string,
  accept: readonly number[],
  status: number,
  lines: readonly string[],
): BenchError {
  const message = `command ${what} must end with status ${accept.join(' or ')}, got ${status}`
  return new BenchError('os', `${message}${limitIn(lines.join('\n'))}`, { lines })
}

/**
 * The limit of the system that was met, and what to do; empty where none was. It stands in the message, for the nodes cannot be
 * removed then either, and the last error's hint is the one that is printed.
 */
function limitIn(reason: string): string {
  if (/EMFILE/.test(reason)) return ': raise the limit of open files (ulimit -n)'
  // of Node.js, dash, bash, and the shell of FreeBSD
  if (/EAGAIN|cannot fork|\bfork: /i.test(reason))
    return ': raise the limit of processes (ulimit -u, or that of the container)'
  return ''
}

/** Signals each process of a group that exists. */
export function signalGroup(pid: number, name: SignalName): void {
  try {
    process.kill(-pid, name)
  } catch (error) {
    // ESRCH: nobody is left. EPERM (FreeBSD, macOS): only zombies are left, or they run as someone else.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}

function watchTail(stream: Readable, remember: (line: string) => void): void {
  const cutter = new LineCutter(tailLineBytes, (text, cut) => remember(cut ? `${text} ...` : text))
  stream.on('data', (chunk: Buffer) => cutter.push(chunk))
  stream.once('close', () => cutter.end())
  stream.once('error', (error) => remember(`(its stderr cannot be read: ${error.message})`))
}

/** Waits for streams to end and cuts off those that a grandchild holds open; a held-back one is not waited for. */
async function drained(streams: readonly Readable[]): Promise<void> {
  const flowing = streams.filter((stream) => !stream.isPaused())
  for (const stream of streams) if (!flowing.includes(stream)) stream.once('resume', () => void closed(stream))
  await Promise.all(flowing.map((stream) => closed(stream)))
}

async function closed(stream: Readable): Promise<void> {
  if (stream.closed) return
  const close = new Promise<true>((resolve) => stream.once('close', () => resolve(true)))
  if ((await within(close, drainMs)) === undefined && !stream.isPaused()) stream.destroy()
}
