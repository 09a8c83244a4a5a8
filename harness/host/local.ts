/** This machine. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa, type Options } from 'execa'
import { BenchError, fileTooLarge, systemCodeOf, TimedOut } from '../model/error.ts'
import { known } from '../model/known.ts'
import { describeCommand, notAccepted, notStarted, signalGroup, startChild, within } from './child.ts'
import { interruptible } from './interruptible.ts'
import { checkPlace } from './place.ts'
import { surveyHost } from './facts.ts'
import { together } from './together.ts'
import type { Finished, Host, RunOptions } from './host.ts'

const defaultTimeoutMs = 60_000
const graceMs = 2000
const outputBytes = 64 * 1024 * 1024

export function localHost(): Host {
  const host: Host = {
    name: 'local',
    facts: (signal) => surveyHost({ name: host.name, ...together(interruptible(host, signal)) }),
    run: (command, options) => runLocally(command, options),
    spawn: (command, options) => startChild(command, options),

    put: putLocally,
    close: () => Promise.resolve(),
  }
  return host
}

/** Runs to the end, within its time. On a timeout or an abort the whole process group is ended. `watch` sees stderr as it comes. */
export async function runLocally(
  command: readonly string[],
  options: RunOptions = {},
  watch?: (stderr: string) => void,
): Promise<Finished> {
  const what = describeCommand(command)
  const [file, ...args] = command
  if (file === undefined) throw new BenchError('bug', 'command must name a program, got an empty list')
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  if (options.signal?.aborted === true) throw aborted(what)
  // Typed as any options, and its end by six names: with the exact types of execa tsc took a quarter longer for the whole program.
  const how: Options = {
    ...known({ env: options.env, cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    maxBuffer: outputBytes,
    stripFinalNewline: false,
    detached: true,
    cleanup: false,
    reject: false,
  }
  const subprocess = execa(file, args, how)
  const pid = subprocess.pid
  const ended = subprocess.then(({ stdout, stderr, exitCode, signal, originalMessage, isMaxBuffer }): Outcome => ({
    stdout,
    stderr,
    exitCode,
    signal,
    originalMessage,
    isMaxBuffer,
  }))
  if (watch !== undefined) subprocess.stderr?.on('data', (chunk: Buffer) => watch(chunk.toString('utf8')))
  const exit = new Promise<true>((resolve) => subprocess.nodeChildProcess.once('exit', () => resolve(true)))
  const cut = Promise.withResolvers<'timeout' | 'abort'>()
  const timer = setTimeout(() => cut.resolve('timeout'), timeoutMs)
  const onAbort = (): void => cut.resolve('abort')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const first = await Promise.race([ended, cut.promise])
    if (typeof first === 'string') {
      await endGroup(pid, exit)
      if (first === 'abort') throw aborted(what)
      throw new TimedOut(`command \`${what}\` must end within ${timeoutMs} ms, got no end`)
    }
    return finished(what, first, options.accept ?? [0])
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

interface Outcome {
  readonly stdout?: unknown
  readonly stderr?: unknown
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly originalMessage?: string | undefined
  readonly isMaxBuffer: boolean
}

function finished(what: string, outcome: Outcome, accept: readonly number[] | 'any'): Finished {
  const stdout = typeof outcome.stdout === 'string' ? outcome.stdout : ''
  const stderr = typeof outcome.stderr === 'string' ? outcome.stderr : ''
  if (outcome.isMaxBuffer) {
    throw new BenchError('os', `output of \`${what}\` must have at most ${outputBytes} bytes, got more`)
  }
  if (outcome.exitCode === undefined && outcome.signal === undefined) throw notStarted(what, outcome.originalMessage)
  // As a shell counts: 128 + the signal's number is not known here by name, so a signal is never an accepted status.
  if (outcome.exitCode === undefined) {
    throw new BenchError('os', `command \`${what}\` must end by itself, got ${outcome.signal}`, {
      lines: lastLines(stderr, stdout),
    })
  }
  if (accept !== 'any' && !accept.includes(outcome.exitCode)) {
    throw notAccepted(`\`${what}\``, accept, outcome.exitCode, lastLines(stderr, stdout))
  }
  return { stdout, stderr, status: outcome.exitCode }
}

function lastLines(stderr: string, stdout: string): readonly string[] {
  const text = stderr.trim() === '' ? stdout : stderr
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .slice(-10)
}

function aborted(what: string): BenchError {
  return new BenchError('interrupted', `command \`${what}\` was cut short, got an interrupt`)
}

/** Its pipes are not waited for: what left the group may hold them, as ssh's shared connection does until the program there ends. */
async function endGroup(pid: number | undefined, exit: Promise<true>): Promise<void> {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  const ended = await within(exit, graceMs)
  signalGroup(pid, 'SIGKILL')
  if (ended === undefined) await within(exit, graceMs)
}

async function putLocally(files: Readonly<Record<string, string | Uint8Array>>, directory: string): Promise<void> {
  checkPlace(directory, Object.keys(files))
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(path, content, { mode: 0o600 })
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new BenchError('io', `files below ${directory} must be writable, got ${error.message}`, {
      cause: error,
      ...(systemCodeOf(error) === 'EFBIG' ? { hint: fileTooLarge } : {}),
    })
  }
}
