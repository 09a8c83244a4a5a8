/** Where obtained programs are kept: the user's cache folder on the host, one folder for version, system, architecture. */
import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path/posix'
import { BenchError } from '../model/error.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Host } from '../host/host.ts'

export interface Cache {
  /** `nats-server`, or another program that we build. */
  readonly program: string
  readonly folder: string
  /** `linux-amd64`, as releases of nats-server and Go name it. */
  readonly platform: string
}

/** Holds how the program beside it was come by. */
const originName = 'origin'

const archNames: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
  armv7l: 'arm7',
  armv6l: 'arm6',
  i386: '386',
  i686: '386',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
}

export interface CacheContext {
  readonly host: Host
  readonly facts: Pick<HostFacts, 'os' | 'arch'>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** XDG_CACHE_HOME, else ~/.cache, of the user on the host; relative values do not count, as the XDG specification says. */
export async function cacheOf({ host, facts, env }: CacheContext, program = 'nats-server'): Promise<Cache> {
  const there = host.name === 'local' ? env : await hostEnvironment(host)
  const base = there['XDG_CACHE_HOME'] ?? ''
  const home = there['HOME'] ?? ''
  if (!isAbsolute(base) && !isAbsolute(home)) {
    // A folder that others can write to, such as /tmp, must never hold programs we run.
    throw new BenchError('cannot-create', 'HOME or XDG_CACHE_HOME must name a folder for the cache, got neither')
  }
  const root = isAbsolute(base) ? base : join(home, '.cache')
  return {
    program,
    folder: join(root, 'nats-jail-harness', program),
    platform: `${facts.os.toLowerCase()}-${archNames[facts.arch] ?? facts.arch}`,
  }
}

async function hostEnvironment(host: Host): Promise<Readonly<Record<string, string | undefined>>> {
  const answers = await Promise.all(
    ['HOME', 'XDG_CACHE_HOME'].map(async (name) => {
      const { stdout } = await host.run(['printenv', name], { accept: [0, 1] })
      return [name, stdout.trimEnd()] as const
    }),
  )
  return Object.fromEntries(answers)
}

function cachedPath(cache: Cache, version: string): string {
  return join(cache.folder, `${version}-${cache.platform}`, cache.program)
}

export async function findInCache(
  host: Host,
  cache: Cache,
  version: string,
): Promise<{ readonly path: string; readonly origin: string } | undefined> {
  const path = cachedPath(cache, version)
  const script = '[ -f "$1" ] && [ -x "$1" ] || exit 1; cat -- "$2" 2>/dev/null || :'
  const found = await host.run(['sh', '-c', script, 'sh', path, join(path, '..', originName)], { accept: [0, 1] })
  return found.status === 0 ? { path, origin: found.stdout.trim() || 'cache' } : undefined
}

/** A folder of its own for one attempt; always removed, also when the attempt fails. Those of killed runs go after a day. */
export async function withPartFolder<T>(host: Host, cache: Cache, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(cache.folder, `.part-${randomUUID()}`)
  const old =
    'umask 077; mkdir -p -- "$1" && find "$1" -mindepth 1 -maxdepth 1 -name ".part-*" -mtime +1 -exec rm -rf -- {} +'
  await host.run(['sh', '-c', old, 'sh', cache.folder])
  await host.run(['mkdir', '-m', '700', '--', folder])
  try {
    return await use(folder)
  } finally {
    await host.run(['rm', '-rf', '--', folder])
  }
}

/**
 * Moves a finished program into its place: whole or not at all, whoever else does the same at the same time. A folder that
 * stands in its place goes first, for `mv` would put the program into it.
 */
export async function keepInCache(
  host: Host,
  from: string,
  cache: Cache,
  version: string,
  origin: string,
): Promise<string> {
  const path = cachedPath(cache, version)
  const folder = join(path, '..')
  const script =
    'umask 077; mkdir -p -- "$2" && { [ ! -d "$3" ] || rm -rf -- "$3"; } && chmod 700 "$1" && printf "%s\\n" "$4" >"$1.origin" && mv -f -- "$1.origin" "$2/$5" && mv -f -- "$1" "$3"'
  await host.run(['sh', '-c', script, 'sh', from, folder, path, origin, originName])
  return path
}

/** A program of the driving machine → the same program on another host, kept there by its digest. */
export async function uploadOnce(path: string, host: Host, cache: Cache): Promise<string> {
  const data = await readFile(path).catch((error: unknown) => {
    throw new BenchError('not-found', `nats-server ${path} must be a readable file, got ${String(error)}`, {
      cause: error,
    })
  })
  const key = `sha256.${createHash('sha256').update(data).digest('hex').slice(0, 16)}`
  const there = await findInCache(host, cache, key)
  if (there !== undefined) return there.path
  return keepData(host, data, cache, key, `copied (${path})`)
}

/** The same of a program whose bytes are at hand. */
export function keepData(host: Host, data: Uint8Array, cache: Cache, version: string, origin: string): Promise<string> {
  return withPartFolder(host, cache, async (folder) => {
    await host.put({ [cache.program]: data }, folder)
    return keepInCache(host, join(folder, cache.program), cache, version, origin)
  })
}
