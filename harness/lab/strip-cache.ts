/** What `stripTypes` made, kept from one run to the next: to strip the agent takes half a second of CPU here, several on a small board. */
import { createHash, randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { dictionary, parseAs } from '../model/json.ts'

const keptSchema = z.object({ of: z.string(), scripts: dictionary(z.string()) })
export type Scripts = Readonly<Record<string, string>>

/**
 * The scripts of these sources, made by `make` where `folder` does not hold them; one file there, the newest. `by` tells one way to make them
 * from another. `folder` is that of the code that Node.js compiled (`getCompileCacheDir`), so another version of Node.js has another one;
 * undefined: nothing is kept.
 */
export async function keptScripts(
  folder: string | undefined,
  sources: ReadonlyMap<string, string>,
  make: (sources: ReadonlyMap<string, string>) => Promise<Scripts>,
  by: readonly string[],
): Promise<Scripts> {
  if (folder === undefined) return make(sources)
  const path = join(folder, 'agent.json')
  const of = createHash('sha256')
    .update(JSON.stringify([[...sources], by]))
    .digest('hex')
  const kept = parseAs(keptSchema, await readFile(path, 'utf8').catch(() => ''))
  if (kept?.of === of) return kept.scripts
  const scripts = await make(sources)
  const beside = join(folder, `.${randomUUID()}.part`)
  // A cache that cannot be written, on a full disk or a read-only one, only costs the time again.
  await writeFile(beside, JSON.stringify({ of, scripts }), { mode: 0o600 })
    .then(() => rename(beside, path))
    .catch(() => rm(beside, { force: true }))
  return scripts
}
