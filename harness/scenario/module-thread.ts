/**
 * Runs in a worker thread: imports each scenario file that it is asked for and posts what it exports as plain data. It is a thread
 * because a file may never return, call process.exit, or use all memory; the thread can then be ended.
 */
import { enableCompileCache, flushCompileCache, registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { plainCopy } from './plain.ts'
import type { Plain } from './plain.ts'

/** What the thread is started with: which module `import ... from 'nats-jail-harness'` means, wherever a file is. */
export interface ThreadInput {
  readonly packageName: string
  readonly packageUrl: string
  /** Folder of the compile cache, where there is one: each thread has to switch it on for itself. */
  readonly compiled: string | undefined
}

export type ThreadAnswer =
  | { readonly kind: 'exported'; readonly plain: Plain }
  | { readonly kind: 'noDefault'; readonly names: readonly string[] }
  | {
      readonly kind: 'threw'
      readonly name: string
      readonly code: string
      readonly message: string
      readonly stack: string
    }

const input = workerData as ThreadInput
if (input.compiled !== undefined) enableCompileCache(input.compiled)

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === input.packageName ? { url: input.packageUrl, shortCircuit: true } : next(specifier, context),
})

/** Reads one file after the other. Nothing else keeps the thread alive: it ends when a file waits for something that never comes. */
const next = (): unknown =>
  parentPort?.once('message', (url: string) => {
    void answer(url).then((answered) => {
      // Before the answer, because the thread may be ended right after it.
      if (input.compiled !== undefined) flushCompileCache()
      parentPort?.postMessage(answered)
      next()
    })
  })
next()

async function answer(url: string): Promise<ThreadAnswer> {
  try {
    const module = (await import(url)) as Readonly<Record<string, unknown>>
    if (!('default' in module)) return { kind: 'noDefault', names: Object.keys(module) }
    return { kind: 'exported', plain: plainCopy(module['default']) }
  } catch (error) {
    if (!(error instanceof Error)) return { kind: 'threw', name: '', code: '', message: String(error), stack: '' }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
    return { kind: 'threw', name: error.name, code, message: error.message, stack: error.stack ?? '' }
  }
}
