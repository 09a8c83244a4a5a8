/** Which natscli: NATS_CLI → `nats` on PATH → our cache → built by this machine's Go. No part of a measurement of ours: only of what stands beside one. */
import { readFile } from 'node:fs/promises'
import { localHost } from '../host/local.ts'
import { BenchError } from '../model/error.ts'
import { cacheOf, findInCache, keepData } from './cache.ts'
import { builtHere } from './go-install.ts'
import type { ObtainContext } from './obtain.ts'

/** What is built; its words and statistics are those that lab/nats-bench.ts knows. */
const natscliVersion = '0.5.1'
const source = `github.com/nats-io/natscli/nats@v${natscliVersion}`

/**
 * A program on the driving machine, made for the system of `context.host`.
 * Throws `not-found` for a NATS_CLI that cannot be read, `unavailable` where none can be had.
 */
export async function obtainNatscli(context: ObtainContext): Promise<string> {
  const { host, facts, env, say, signal, here = localHost() } = context
  const named = env['NATS_CLI'] ?? ''
  if (named !== '') {
    await readFile(named).catch((cause: unknown) => {
      throw new BenchError('not-found', `NATS_CLI must name the program nats, got ${named}`, { cause })
    })
    return named
  }
  const onPath = await here.run(['sh', '-c', 'command -v nats'], { accept: 'any' })
  if (host.name === here.name && onPath.stdout.startsWith('/')) return onPath.stdout.trim()
  const cache = await cacheOf({ host: here, facts, env }, 'nats')
  const kept = await findInCache(here, cache, natscliVersion)
  if (kept !== undefined) return kept.path
  const building = { cache, say, here, source, version: natscliVersion, ...(signal === undefined ? {} : { signal }) }
  const built = await builtHere(building)
  if (typeof built === 'string') {
    throw new BenchError('unavailable', `natscli must be on this machine or be built here, got none: ${built}`, {
      hint: 'install natscli (go install, a package, a release), or name its program with NATS_CLI',
    })
  }
  return keepData(here, built, cache, natscliVersion, `go install (${source})`)
}
