/** nats-server built from source by Go: where upstream has no binary, the download cannot be had, or a git ref is wanted. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path/posix'
import { BenchError } from '../model/error.ts'
import type { Host } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { patiently } from '../host/patience.ts'
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
  say(`building nats-server ${ref ?? version} with ${go}; takes a minute or two`)
  return withPartFolder(host, cache, async (folder) => {
    await install(host, go, { ...wanted, source: sourceOf(wanted) }, { GOBIN: folder })
    return keep(wanted, join(folder, 'nats-server'), 'go install')
  })
}

/** For another host: built by this machine's Go for that one's system, and copied there. A board would take ten times as long. */
export async function goHere(wanted: Wanted): Promise<Obtained | string> {
  const { host, cache } = wanted
  const data = await builtHere({ ...wanted, source: sourceOf(wanted) })
  if (typeof data === 'string') return data
  return withPartFolder(host, cache, async (part) => {
    await host.put({ 'nats-server': data }, part)
    await host.run(['chmod', '700', join(part, 'nats-server')])
    return keep(wanted, join(part, 'nats-server'), 'go install on the driving machine')
  })
}

export interface Building extends Pick<Wanted, 'cache' | 'say' | 'here' | 'signal'> {
  /** Package and version, as Go names them. */
  readonly source: string
  /** The git ref or the version, as people call it. */
  readonly ref?: string
  readonly version: string
}

/** A program for the system of the cache, built by this machine's Go; or why not. */
export async function builtHere(building: Building): Promise<Buffer | string> {
  const { cache, say, version, ref, here = localHost() } = building
  const go = await findGo(here)
  if (go === undefined) return 'there is no Go on this machine'
  const [os = '', arch = ''] = cache.platform.split('-')
  const arm = /^arm([67])$/.exec(arch)?.[1]
  const target = arm === undefined ? { GOARCH: arch } : { GOARCH: 'arm', GOARM: arm }
  say(`building ${cache.program} ${ref ?? version} for ${cache.platform} here, with ${go}; takes a minute or two`)
  const modules = (await here.run([go, 'env', 'GOMODCACHE'], { env: goEnvironment })).stdout.trim()
  const folder = (await here.run(['mktemp', '-d'])).stdout.trim()
  try {
    // Go refuses GOBIN for another system and makes a folder for each below GOPATH.
    await install(here, go, building, { GOOS: os, ...target, GOBIN: '', GOPATH: folder, GOMODCACHE: modules })
    const found = await here.run(['find', join(folder, 'bin'), '-type', 'f', '-name', cache.program])
    return await readFile(found.stdout.trim())
  } finally {
    await here.run(['rm', '-rf', '--', folder])
  }
}

const sourceOf = ({ version }: Wanted): string => `${module}@v${version}`

async function install(
  host: Host,
  go: string,
  { cache, source, version, signal, say }: Building,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const work = () =>
    host.run([go, 'install', '-trimpath', source], {
      env: { ...goEnvironment, ...env },
      timeoutMs: buildMs,
      ...(signal === undefined ? {} : { signal }),
    })
  await patiently(say, `go install of ${cache.program} ${version}`, work)
}

/** The program runs on its host and says that it is the one, then it has its place in the cache. */
async function keep(wanted: Wanted, part: string, how: string): Promise<Obtained | string> {
  const { host, cache, version, ref } = wanted
  const identity = await identify(host, part)
  if (typeof identity === 'string') return `the built program: ${identity}`
  if (ref === undefined && identity.version !== version) return `the built program is version ${identity.version}`
  const origin = `${how} (${sourceOf(wanted)}${ref === undefined ? '' : `, from ${ref}`})`
  return { ...identity, path: await keepInCache(host, part, cache, version, origin), origin }
}

/** A git ref, branch or commit → the version that Go calls it by, `2.15.3-0.20261101120000-abcdef123456`. */
export async function resolveRef(
  ref: string,
  { host, signal, say, here = localHost() }: ObtainContext,
): Promise<string> {
  if (!/^[A-Za-z0-9][\w./-]{0,99}$/.test(ref) || ref.includes('..')) {
    throw new BenchError('usage', `git ref must be letters, digits, ".", "_", "-" and "/", got ${JSON.stringify(ref)}`)
  }
  // Go knows a branch or tag by its short name only, and its proxy none with a slash: git itself is asked for those (golang/go#32955).
  const short = ref.replace(/^refs\/(heads|tags)\//, '')
  if (short.startsWith('refs/')) {
    throw new BenchError('usage', `git ref must be a branch, a tag or a commit, got ${JSON.stringify(ref)}`, {
      hint: 'Go can build no others: build it, and give the path of the program',
    })
  }
  const places = host.name === 'local' ? [host] : [here, host]
  const found = (await Promise.all(places.map(async (at) => ({ at, go: await findGo(at) })))).find(
    ({ go }) => go !== undefined,
  )
  if (found?.go === undefined) {
    throw new BenchError('unavailable', `nats-server ${ref} must be built with Go, got no Go on ${host.name}`, {
      hint: 'install Go there or here, or name a release such as 2.15.2',
    })
  }
  const { at, go } = found
  const ask = () =>
    at.run([go, 'list', '-m', '-f', '{{.Version}}', `${module}@${short}`], {
      accept: 'any',
      env: short.includes('/') ? { ...goEnvironment, GOPROXY: 'direct' } : goEnvironment,
      timeoutMs: 120_000,
      ...(signal === undefined ? {} : { signal }),
    })
  const said = await patiently(say, `asking Go for nats-server ${ref}`, ask)
  const version = /^v(\S+)$/.exec(said.stdout.trim())?.[1]
  if (said.status === 0 && version !== undefined) return version
  throw new BenchError('not-found', `nats-server ${ref} must be a branch, a tag or a commit that Go finds, got none`, {
    lines: (said.stderr.trim() || said.stdout.trim()).split('\n').slice(-5),
    hint: 'a release is named in full, such as 2.15.2; a program by its path, such as ./nats-server',
  })
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
