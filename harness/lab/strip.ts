/**
 * The agent's files as plain JavaScript. Node.js can load TypeScript itself, but its stripper costs each agent some 18 MiB and
 * most of its start on a slow board; so types are taken out once, here. Lines and columns stay where they are.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** `name.ts` → `name.js`, with the imports of siblings to match. */
export async function stripTypes(files: ReadonlyMap<string, string>): Promise<Readonly<Record<string, string>>> {
  const worker = new Worker(new URL('./strip-thread.ts', import.meta.url), {
    workerData: [...files.values()],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [stripped] = (await once(worker, 'message')) as [readonly string[]]
  return Object.fromEntries([...files.keys()].map((name, i) => [asScript(name), importsOfScripts(stripped[i] ?? '')]))
}

function asScript(name: string): string {
  return name.replace(/\.ts$/, '.js')
}

function importsOfScripts(source: string): string {
  return source.replace(/(\bfrom |\bimport\()'(\.\/[a-z-]+)\.ts'/g, "$1'$2.js'")
}
