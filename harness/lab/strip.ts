/**
 * The agent's files without types. Node.js can load TypeScript itself, but its stripper costs each agent some 18 MiB and
 * most of its start on a slow board; so types are taken out once, here.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** JavaScript by the same names; imports, lines and columns stay as they are. */
export async function stripTypes(files: ReadonlyMap<string, string>): Promise<Readonly<Record<string, string>>> {
  const worker = new Worker(new URL('./strip-thread.ts', import.meta.url), {
    workerData: [...files.values()],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [stripped] = (await once(worker, 'message')) as [readonly string[]]
  return Object.fromEntries([...files.keys()].map((name, i) => [name, stripped[i] ?? '']))
}
