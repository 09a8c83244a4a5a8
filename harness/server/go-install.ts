/** nats-server built from source by Go: where upstream has no binary, the download cannot be had, or a git ref is wanted. */
import { join } from 'node:path/posix'
import { BenchError } from '../model/error.ts'
import type { Host } from '../host/host.ts'
import { keepInCache, withPartFolder } from './cache.ts'
import { identify } from './identity.ts'
import type { ObtainContext, Obtained, Wanted } from './obtain.ts'

const module = 'github.com/nats-io/nats-server/v2'
const buildMs = 900_000
const goPlaces = ['go', '/usr/local/go/bin/go', '/usr/local/bin/go'] as const
/** -mod=mod: a vendor setting of the user's own must not get in the way. As upstream builds: without cgo. */
const goEnvironment = { GOFLAGS: '-mod=mod', CGO_ENABLED: '0' } as const

/** Answers as a Way of obtain.ts: the program, or why not. */
export async function goInstall(wanted: Wanted): Promise<Obtained | string> {
  const { host, cache, version, ref, say } = wanted
  const go = await findGo(host)
  if (go === undefined) return `there is no Go on ${host.name}`
  const source = `${module}@v${version}`
  say(`building nats-server ${ref ?? version} with ${go}; takes a minute or two`)
  return withPartFolder(host, cache, async (folder) => {
    await host.run([go, 'install', '-trimpath', source], {
      env: { ...goEnvironment, GOBIN: folder },
      timeoutMs: buildMs,
      ...(wanted.signal === undefined ? {} : { signal: wanted.signal }),
    })
    const part = join(folder, 'nats-server')
    const identity = await identify(host, part)
    if (typeof identity === 'string') return `the built program: ${identity}`
    if (ref === undefined && identity.version !== version) return `the built program is version ${identity.version}`
    const origin = ref === undefined ? `go install (${source})` : `go install (${source}, from ${ref})`
    return { ...identity, path: await keepInCache(host, part, cache, version, origin), origin }
  })
}

/** A git ref, branch or commit → the version that Go calls it by, `2.15.3-0.20261101120000-abcdef123456`. */
export async function resolveRef(ref: string, { host, signal }: ObtainContext): Promise<string> {
  if (!/^[A-Za-z0-9][\w./-]{0,99}$/.test(ref) || ref.includes('..')) {
    throw new BenchError('usage', `git ref must be letters, digits, ".", "_", "-" and "/", got ${JSON.stringify(ref)}`)
  }
  const go = await findGo(host)
  if (go === undefined) {
    throw new BenchError('unavailable', `nats-server ${ref} must be built with Go, got no Go on ${host.name}`, {
      hint: 'install Go there, or name a release such as 2.15.2',
    })
  }
  const said = await host.run([go, 'list', '-m', '-f', '{{.Version}}', `${module}@${ref}`], {
    env: goEnvironment,
    timeoutMs: 120_000,
    ...(signal === undefined ? {} : { signal }),
  })
  const version = /^v(\S+)$/.exec(said.stdout.trim())?.[1]
  if (version === undefined) {
    throw new BenchError('not-found', `git ref ${ref} must be known to Go, got ${JSON.stringify(said.stdout)}`)
  }
  return version
}

async function findGo(host: Host): Promise<string | undefined> {
  for (const path of goPlaces) {
    const works = await host.run([path, 'version'], { accept: 'any', timeoutMs: 20_000 }).then(
      ({ status }) => status === 0,
      () => false,
    )
    if (works) return path
  }
  return undefined
}
