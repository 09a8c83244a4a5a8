/** Which nats-server: the named one → the one on PATH → our cache → the verified release → `go install`, here, then there. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { HostFacts } from '../model/facts.ts'
import { pinnedVersion } from '../model/pinned.ts'
import type { ServerChoice } from '../model/plan.ts'
import type { Host } from '../host/host.ts'
import { interruptible } from '../host/interruptible.ts'
import { cacheOf, findInCache, uploadOnce } from './cache.ts'
import type { Cache } from './cache.ts'
import { identify } from './identity.ts'
import type { Identity } from './identity.ts'
import { goHere, goInstall, resolveRef } from './go-install.ts'
import { installRelease } from './release.ts'

export interface Obtained extends Identity {
  /** Program on the host. */
  readonly path: string
  /** How it was come by, for the report. */
  readonly origin: string
}

export interface ObtainContext {
  readonly host: Host
  readonly facts: Pick<HostFacts, 'os' | 'arch'>
  /** Of the driving machine: NATS_SERVER, NATS_SERVER_RELEASES, and where the cache is, XDG_CACHE_HOME and HOME. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly say: (line: string) => void
  /** The driving machine. */
  readonly here?: Host
  readonly signal?: AbortSignal
}

/** What one way to get it sees. */
export interface Wanted extends ObtainContext {
  readonly cache: Cache
  /** `2.15.2`; for a git ref the version that Go made of it. */
  readonly version: string
  /** The git ref that was asked for, where it is one. */
  readonly ref?: string
}

/** A way that does not apply says why, as text. */
type Way = (wanted: Wanted) => Promise<Obtained | string>

const ways: readonly (readonly [name: string, way: Way])[] = [
  ['cache', fromCache],
  ['download', installRelease],
  ['go install on the driving machine', goHere],
  ['go install', goInstall],
]

/**
 * `choice.version` may also be a git ref or branch, which only `go install` can provide.
 * Throws `not-found` for a path that is no nats-server, `unavailable` with all that was tried.
 */
export async function obtainServer(choice: ServerChoice, context: ObtainContext): Promise<Obtained> {
  if (choice.path !== undefined) return fromPath(choice.path, 'path', context)
  const tried: string[] = []
  const own = await fromEnvironment(choice.version, context, tried)
  if (own !== undefined) return own

  const asked = choice.version ?? pinnedVersion
  const cache = await cacheOf({ ...context, host: interruptible(context.host, context.signal) })
  const ref = isRelease(asked) ? undefined : asked
  const version = ref === undefined ? asked : await resolveRef(ref, context)
  const wanted: Wanted = { ...context, cache, version, ...(ref === undefined ? {} : { ref }) }
  // On the driving machine itself here is there.
  const apart = ways.filter(([, way]) => way !== goHere || context.host.name !== 'local')
  for (const [name, way] of apart) {
    context.signal?.throwIfAborted()
    const got = await way(wanted).catch((thrown: unknown) => {
      const error = asBenchError(thrown)
      if (error.code === 'bug' || error.code === 'interrupted') throw error
      return [error.message, ...error.lines.slice(-3)].join('; ')
    })
    if (typeof got !== 'string') return got
    tried.push(`${name}: ${got}`)
  }
  throw new BenchError(
    'unavailable',
    `nats-server ${asked} must be on ${context.host.name} or be obtainable, got none`,
    {
      lines: tried,
      hint: 'install nats-server there, or Go there or on this machine, or name a program with --server PATH or NATS_SERVER',
    },
  )
}

/** NATS_SERVER and PATH, unless another version was asked for. */
async function fromEnvironment(
  version: string | undefined,
  context: ObtainContext,
  tried: string[],
): Promise<Obtained | undefined> {
  const named = context.env['NATS_SERVER']
  if (named !== undefined && named !== '') {
    const got = await fromPath(named, 'NATS_SERVER', context)
    if (version === undefined || got.version === version) return got
    tried.push(`NATS_SERVER: ${named} is ${got.version}`)
  }
  const host = interruptible(context.host, context.signal)
  const found = await host.run(['sh', '-c', 'command -v nats-server'], { accept: 'any' })
  const path = found.stdout.trim()
  if (found.status !== 0 || !path.startsWith('/')) {
    tried.push('PATH: there is no nats-server')
    return undefined
  }
  const identity = await identify(host, path)
  if (typeof identity === 'string') tried.push(`PATH: ${path}: ${identity}`)
  else if (version === undefined || identity.version === version) return { ...identity, path, origin: `PATH (${path})` }
  else tried.push(`PATH: ${path} is ${identity.version}`)
  return undefined
}

/** A path on the driving machine; for another host the program is copied there, once. */
async function fromPath(path: string, how: string, context: ObtainContext): Promise<Obtained> {
  const there = context.host.name === 'local' ? path : await uploadOnce(path, context.host, await cacheOf(context))
  const identity = await identify(interruptible(context.host, context.signal), there)
  if (typeof identity !== 'string') return { ...identity, path: there, origin: `${how} (${path})` }
  throw new BenchError('not-found', `${how} must name a nats-server program, got ${path}: ${identity}`, {
    hint: 'give the path of a nats-server built for this host, or leave it out to have one obtained',
  })
}

/** What a release is kept as says its version; what a git ref is kept as does not. */
async function fromCache({ cache, version, ref, ...context }: Wanted): Promise<Obtained | string> {
  const host = interruptible(context.host, context.signal)
  const found = await findInCache(host, cache, version)
  if (found === undefined) return `${cache.folder} has no ${version}`
  const identity = await identify(host, found.path)
  if (typeof identity === 'string') return `${found.path}: ${identity}`
  if (ref === undefined && identity.version !== version) return `${found.path} is ${identity.version}`
  return { ...identity, ...found }
}

export function isRelease(version: string): boolean {
  return /^\d{1,3}\.\d{1,3}\.\d{1,3}(-[A-Za-z0-9.]{1,20})?$/.test(version)
}
