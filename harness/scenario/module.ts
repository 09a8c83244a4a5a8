/** A scenario written in TypeScript or JavaScript → what it exports. The file runs: only give it files you trust. */
import { getCompileCacheDir } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Plain } from './plain.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import type { ThreadAnswer, ThreadInput } from './module-thread.ts'

const memoryMB = 64

/** Within `deadlineMs`, or the file is stopped and that is its problem. Never rejects for what the file does. */
export async function readModule(path: string, deadlineMs: number): Promise<Plain> {
  const url = pathToFileURL(path).href
  const input: ThreadInput = {
    url,
    packageName: 'nats-jail-harness',
    packageUrl: new URL('../model/define-scenario.ts', import.meta.url).href,
    compiled: getCompileCacheDir(),
  }
  const thread = new Worker(new URL('./module-thread.ts', import.meta.url), {
    workerData: input,
    // Node.js 22 would warn once for each file that it strips types.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMB },
  })
  // What a scenario prints is talk: results alone go to stdout.
  thread.stdout.on('data', (text: Buffer) => console.error(printed(text.toString())))
  try {
    return await answerOf(thread, deadlineMs, url)
  } finally {
    await thread.terminate()
  }
}

function answerOf(thread: Worker, deadlineMs: number, url: string): Promise<Plain> {
  const { promise, resolve } = Promise.withResolvers<Plain>()
  const timer = setTimeout(() => {
    resolve(problem(`must export its scenario within ${deadlineMs / 1000} seconds, got no answer`))
  }, deadlineMs)
  thread.once('message', (answer: ThreadAnswer) => resolve(plainOf(answer, url)))
  thread.once('error', (error: Error) => resolve(problem(`must be pure data, got ${died(error)}`)))
  thread.once('exit', (status) => resolve(problem(`must be pure data, got a file that ended its process (${status})`)))
  return promise.finally(() => clearTimeout(timer))
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

/** The first place of the file in a stack (or above it, where Node.js writes the place of a syntax error). */
function lineIn(stack: string, url: string): number | undefined {
  const at = [url, decodeURI(url).replace('file://', '')].flatMap((place) => stack.split(`${place}:`)[1] ?? [])[0]
  const number = /^\d+/.exec(at ?? '')?.[0]
  return number === undefined ? undefined : Number(number)
}

function problem(message: string, line?: number): Plain {
  const found: Problem = line === undefined ? { path: 'file', message } : { path: 'file', message, line }
  return { problems: [found] }
}
