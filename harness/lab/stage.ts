/** What is copied into a load node: the agent's folder as plain files, and the packages that engine nats.js needs. */
import { readdir, readFile } from 'node:fs/promises'
import { createRequire, getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { BenchError } from '../model/error.ts'
import { dictionary, parseAs } from '../model/json.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { Job, Plan } from '../model/plan.ts'
import { keptScripts } from './strip-cache.ts'
import { bundle } from './bundle.ts'

const manifestSchema = z.object({ dependencies: dictionary(z.string()).optional() })

export type Files = Readonly<Record<string, string | Uint8Array>>

/** Read and bundled once a process: labs are opened many times, and the agent stays what it is. */
let scripts: Promise<Readonly<Record<string, string>>> | undefined

/** Files by relative name; start with `node main.cjs` in the folder they are put into. */
export async function agentFiles(plan: Plan): Promise<Files> {
  return { ...(await agentScripts()), ...(await agentPackages(plan)) }
}

/** All programs of the agent's folder, by name. */
export function agentScripts(): Promise<Readonly<Record<string, string>>> {
  return (scripts ??= readScripts())
}

async function readScripts(): Promise<Readonly<Record<string, string>>> {
  const folder = fileURLToPath(new URL('../agent/', import.meta.url))
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !/\.(test|bench)\.ts$/.test(name))
  const own = new Map<string, string>()
  // One after the other: there are more of them than a process may open where its limit is low.
  for (const name of names) own.set(name, await readFile(join(folder, name), 'utf8'))
  return keptScripts(getCompileCacheDir(), own, bundle, await makers())
}

/** What makes the scripts: the text of our own part, and the manifest of rollup, which names its version. */
async function makers(): Promise<readonly string[]> {
  const rollup = await packageRoot('@rollup/wasm-node', fileURLToPath(import.meta.url))
  const ours = ['bundle.ts', 'strip.ts', 'strip-thread.ts'].map((name) => join(import.meta.dirname, name))
  return Promise.all([...ours, join(rollup, 'package.json')].map((path) => readFile(path, 'utf8')))
}

/** The packages that its engines need beside the agent's own files; most plans need none. */
export async function agentPackages(plan: Plan): Promise<Files> {
  const names = new Set(plan.variants.flatMap(({ assignments }) => assignments.flatMap(({ job }) => packagesFor(job))))
  return names.size === 0 ? {} : packageFiles([...names])
}

function packagesFor(job: Job): readonly string[] {
  if (!('engine' in job) || job.engine !== 'nats.js') return []
  return ['nats', ...(workloadFacts(job.kind)?.natsJs.packages ?? [])]
}

/** The packages and all they depend on, laid out flat below node_modules/: pure JavaScript, some 200 files. */
async function packageFiles(names: readonly string[]): Promise<Files> {
  const files: Record<string, Uint8Array> = {}
  const seen = new Set<string>()
  const add = async (name: string, from: string): Promise<void> => {
    if (seen.has(name)) return
    seen.add(name)
    const root = await packageRoot(name, from)
    for (const file of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name)
      const relative = path.slice(root.length + 1)
      if (file.isFile() && /(\.[cm]?js|package\.json)$/.test(file.name) && !relative.startsWith('node_modules/')) {
        files[`node_modules/${name}/${relative}`] = await readFile(path)
      }
    }
    const manifest = parseAs(manifestSchema, await readFile(join(root, 'package.json'), 'utf8'))
    for (const dependency of Object.keys(manifest?.dependencies ?? {}))
      await add(dependency, join(root, 'package.json'))
  }
  for (const name of names) await add(name, fileURLToPath(import.meta.url))
  return files
}

/** Walks up from the package's main file, for not every package exports its package.json. */
async function packageRoot(name: string, from: string): Promise<string> {
  const main = mainOf(name, from)
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '')
    if (/"name"\s*:/.test(manifest)) return folder
  }
  throw new BenchError('bug', `package ${name} must have a package.json above ${main}`)
}

/** Packages of JetStream are optional: an installation may be without them. */
function mainOf(name: string, from: string): string {
  try {
    return createRequire(from).resolve(name)
  } catch (error) {
    throw new BenchError('unavailable', `package ${name} must be installed for engine nats.js, got none`, {
      cause: error,
      hint: 'pnpm install',
    })
  }
}
