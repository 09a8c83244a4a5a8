/** A scenario written in TypeScript or JavaScript → what it exports. The file runs: only give it files you trust. */
import { getCompileCacheDir } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { interrupted } from '../model/error.ts'
import type { Plain } from './plain.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import type { ThreadAnswer, ThreadInput } from './module-thread.ts'

const memoryMB = 64

/** Reads files one after the other. A file that ends its thread, or hangs in it, does not disturb the others. */
export interface ModuleReader {
  /**
   * Reads one file at a time. After `deadlineMs` it is stopped, with a problem that says so. Never rejects for what the file does; rejects
   * with `interrupted` at the signal, also while the file's code runs.
   */
  read(path: string, deadlineMs: number): Promise<Plain>
  close(): Promise<void>
}

/** One thread reads all files that cause no trouble, because starting a thread takes longer than reading most files. */
export function moduleReader(signal?: AbortSignal): ModuleReader {
  let thread: Worker | undefined
  const close = async () => {
    const old = thread
    thread = undefined
    await old?.terminate()
  }
  const open = () => {
    const fresh = startThread()
    // A late error of a file counts for the file that is being read then. Between two files it only ends the thread.
    fresh
      .on('error', () => undefined)
      .on('exit', () => {
        if (thread === fresh) thread = undefined
      })
    return fresh
  }
  const read: ModuleReader['read'] = async (path, deadlineMs) => {
    const used = thread !== undefined
    thread ??= open()
    const { plain, end } = await answerOf(thread, deadlineMs, pathToFileURL(path).href, signal)
    if (end === undefined) return plain
    await close()
    if (signal?.aborted === true) throw interrupted(signal)
    // An earlier file may have caused it, so the file is read once more in a new thread.
    return used && end === 'failed' ? read(path, deadlineMs) : plain
  }
  return { read, close }
}

function startThread(): Worker {
  const input: ThreadInput = {
    packageName: 'nats-jail-harness',
    packageUrl: new URL('../model/define-scenario.ts', import.meta.url).href,
    compiled: getCompileCacheDir(),
  }
  const thread = new Worker(new URL('./module-thread.ts', import.meta.url), {
    workerData: input,
    // Otherwise Node.js 22 warns for each file that running TypeScript is experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMB },
  })
  // What a scenario prints goes to stderr, because stdout is for results only.
  thread.stdout.on('data', (text: Buffer) => console.error(printed(text.toString())))
  return thread
}

interface Answer {
  readonly plain: Plain
  /** Set when the thread cannot read another file: why. */
  readonly end?: 'failed' | 'late'
}

function answerOf(thread: Worker, deadlineMs: number, url: string, signal?: AbortSignal): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const failed = (message: string, end: 'failed' | 'late' = 'failed') => resolve({ plain: problem(message), end })
  const on = {
    message: (answer: ThreadAnswer | undefined) =>
      // A scenario, or what it imports, may post something too.
      answer?.kind !== undefined &&
      resolve({ plain: plainOf(answer, url), ...(answer.kind === 'exported' ? {} : { end: 'failed' }) }),
    error: (error: Error) => failed(`must be pure data, got ${died(error)}`),
    exit: (status: number) =>
      failed(
        `must be pure data, got a file that ended its process${status === 0 ? ', or waits for what never comes' : ''} (${status})`,
      ),
  }
  const timer = setTimeout(() => {
    failed(`must export its scenario within ${deadlineMs / 1000} seconds, got no answer`, 'late')
  }, deadlineMs)
  const stop = () => failed('must export its scenario, got an interrupt', 'late')
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  for (const [event, hear] of Object.entries(on)) thread.on(event, hear)
  thread.postMessage(url)
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    for (const [event, hear] of Object.entries(on)) thread.off(event, hear)
  })
}

function died(error: Error & { code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `a file that used more than ${memoryMB} MB` : described(error)
}

function plainOf(answer: ThreadAnswer, url: string): Plain {
  if (answer.kind === 'exported') return answer.plain
  if (answer.kind === 'noDefault') {
    const named = answer.names.length === 0 ? 'no exports' : `only ${printed(answer.names.join(', '))}`
    return problem(`must have a default export, got ${named}`)
  }
  const line = lineIn(answer.stack, url)
  if (answer.code === 'ERR_MODULE_NOT_FOUND')
    return problem(`must import what is there, got ${described(answer, new URL('.', url).pathname)}`, line)
  if (answer.name === 'ReferenceError' && /^(module|exports|require) is not defined/.test(answer.message))
    return problem('must be an ES module, with "import" and "export default", got CommonJS', line)
  const wrong = /SyntaxError/.test(answer.name) || /SYNTAX/.test(answer.code)
  if (wrong) return problem(`must be TypeScript that Node.js can run, got ${described(answer)}`, line)
  return problem(`must be pure data, got a file that threw ${described(answer)}`, line)
}

/** `TypeError: no name today`. `folder` is left out where the message names it. */
function described({ name, message }: { readonly name: string; readonly message: string }, folder = ''): string {
  const first = message.split('\n').find((line) => line.trim() !== '') ?? ''
  const short = folder === '' ? first : first.replaceAll(folder, '').replace(/ imported from .*/, '')
  return name === '' ? printed(short) : printed(`${name}: ${short}`).slice(1, -1)
}

/** The first line of the file that a stack names. Node.js writes the place of a syntax error above the stack. */
function lineIn(stack: string, url: string): number | undefined {
  const at = [url, decodeURI(url).replace('file://', '')].flatMap((place) => stack.split(`${place}:`)[1] ?? [])[0]
  const number = /^\d+/.exec(at ?? '')?.[0]
  return number === undefined ? undefined : Number(number)
}

function problem(message: string, line?: number): Plain {
  const found: Problem = line === undefined ? { path: 'file', message } : { path: 'file', message, line }
  return { problems: [found] }
}
