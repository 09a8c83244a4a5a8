import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../host/local.ts'
import { tarOf } from '../host/tar.ts'
import type { Finished, Host } from '../host/host.ts'
import { download } from './download.ts'
import { resolveRef } from './go-install.ts'
import { goVersionOf, parseVersion } from './identity.ts'
import { pinnedVersion } from '../model/pinned.ts'
import { isRelease, obtainServer } from './obtain.ts'
import type { ObtainContext } from './obtain.ts'
import { digestOf } from './release.ts'
import { fileFromTarGz } from './tar.ts'

const facts = { os: 'Linux', arch: 'x86_64' }
const name = `nats-server-v${pinnedVersion}-linux-amd64`
let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bench-obtain-'))
  onTestFinished(() => rm(home, { recursive: true }))
})

/** This machine, but for what it finds on PATH; `go` is a program that only fails unless a test brings its own. */
function host(programs: Readonly<Record<string, string>> = {}): Host {
  const local = localHost()
  const none: Finished = { stdout: '', stderr: '', status: 127 }
  return {
    ...local,
    run: (command, options) => {
      if (command.includes('command -v nats-server')) {
        const path = programs['nats-server']
        return Promise.resolve(path === undefined ? none : { ...none, stdout: `${path}\n`, status: 0 })
      }
      if (/(^|\/)go$/.test(command[0] ?? '')) {
        const go = programs['go']
        if (go === undefined) return Promise.resolve(none)
        return local.run([go, ...command.slice(1)], options)
      }
      return local.run(command, options)
    },
  }
}

/** A host over there has an environment of its own; here its home is that of the test. */
function asRemote(machine: Host): Host['run'] {
  return (command, options) => machine.run(command[0] === 'printenv' ? ['sh', '-c', `echo ${home}`] : command, options)
}

function program(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && echo "nats-server: v${version}"\n`
}

async function put(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
  return path
}

function archiveOf(version: string): Buffer {
  return gzipSync(tarOf({ [`${name}/README.md`]: 'read me', [`${name}/nats-server`]: program(version) }))
}

function sumsOf(archive: Uint8Array): string {
  const sum = createHash('sha256').update(archive).digest('hex')
  return `${'0'.repeat(64)}  nats-server-v${pinnedVersion}-darwin-arm64.tar.gz\n${sum}  ${name}.tar.gz\n`
}

/** A release server on loopback; answers by the last part of the path. */
async function releases(answers: Readonly<Record<string, RequestListener>>): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('/').at(-1) ?? '']
    if (answer !== undefined) return answer(request, response)
    response.writeHead(404).end('no such file')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const send =
  (body: string | Uint8Array): RequestListener =>
  (_, response) =>
    void response.end(body)

function context(more: Partial<ObtainContext> & { mirror?: string } = {}): ObtainContext {
  const { mirror = 'http://127.0.0.1:1', ...rest } = more
  const env = { XDG_CACHE_HOME: home, NATS_SERVER_RELEASES: mirror }
  return { host: host(), facts, env, say: () => undefined, ...rest }
}

const cached = (): string =>
  join(home, 'nats-jail-harness', 'nats-server', `${pinnedVersion}-linux-amd64`, 'nats-server')

describe('a nats-server that is here already', () => {
  it('is the named one before all others', async () => {
    const named = await put(join(home, 'named'), program('2.9.0'))
    const got = await obtainServer({ path: named, version: '2.15.2' }, context())
    expect(got).toMatchObject({ path: named, version: '2.9.0', origin: `path (${named})` })
    expect(got.sha256).toBe(createHash('sha256').update(program('2.9.0')).digest('hex'))
  })

  it('is refused when the named program is none, and nothing else is tried', async () => {
    const other = await put(join(home, 'other'), '#!/bin/sh\necho hello\n')
    await expect(obtainServer({ path: other }, context())).rejects.toMatchObject({ code: 'not-found' })
    await expect(obtainServer({ path: join(home, 'none') }, context())).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is that of NATS_SERVER, then that on PATH', async () => {
    const own = await put(join(home, 'own'), program('2.10.0'))
    const onPath = await put(join(home, 'bin/nats-server'), program('2.11.0'))
    const env = { XDG_CACHE_HOME: home, NATS_SERVER: own }
    const here = host({ 'nats-server': onPath })
    expect(await obtainServer({}, context({ env, host: here }))).toMatchObject({
      version: '2.10.0',
      origin: `NATS_SERVER (${own})`,
    })
    expect(await obtainServer({}, context({ host: here }))).toMatchObject({
      version: '2.11.0',
      origin: `PATH (${onPath})`,
    })
  })

  it('is passed over when another version was asked for', async () => {
    const onPath = await put(join(home, 'bin/nats-server'), program('2.11.0'))
    await put(cached(), program(pinnedVersion))
    const got = await obtainServer({ version: pinnedVersion }, context({ host: host({ 'nats-server': onPath }) }))
    expect(got).toMatchObject({ path: cached(), version: pinnedVersion })
  })
})

describe('an interruption', () => {
  it('ends the look at a program that does not answer', async () => {
    const deaf = await put(join(home, 'deaf'), '#!/bin/sh\nexec sleep 60\n')
    const interrupt = new AbortController()
    const got = obtainServer({ path: deaf }, context({ signal: interrupt.signal }))
    setTimeout(() => interrupt.abort(), 50)
    await expect(got).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('a nats-server that is downloaded', () => {
  it('is checked, kept for the next time, and says where it came from', async () => {
    const archive = archiveOf(pinnedVersion)
    const mirror = await releases({ SHA256SUMS: send(sumsOf(archive)), [`${name}.tar.gz`]: send(archive) })
    const got = await obtainServer({}, context({ mirror }))
    const origin = `download (${mirror}/v${pinnedVersion}/${name}.tar.gz)`
    expect(got).toMatchObject({ path: cached(), version: pinnedVersion, origin })
    expect(await obtainServer({}, context())).toMatchObject({ path: cached(), origin })
    expect(await readdir(join(home, 'nats-jail-harness', 'nats-server'))).toEqual([`${pinnedVersion}-linux-amd64`])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a folder', () => mkdir(join(cached(), 'deep'), { recursive: true })],
    ['a program of another version', () => put(cached(), program('2.0.0'))],
    ['half a program', () => put(cached(), '#!/bin/sh\nexit 1')],
  ])('takes the place of %s in the cache', async (_, spoil) => {
    await spoil()
    const archive = archiveOf(pinnedVersion)
    const mirror = await releases({ SHA256SUMS: send(sumsOf(archive)), [`${name}.tar.gz`]: send(archive) })
    expect(await obtainServer({}, context({ mirror }))).toMatchObject({ path: cached(), version: pinnedVersion })
    expect(await obtainServer({}, context())).toMatchObject({ path: cached(), version: pinnedVersion })
  })

  it('may be downloaded by two runs at once', async () => {
    const archive = archiveOf(pinnedVersion)
    const mirror = await releases({ SHA256SUMS: send(sumsOf(archive)), [`${name}.tar.gz`]: send(archive) })
    const both = await Promise.all([1, 2, 3].map(() => obtainServer({}, context({ mirror }))))
    expect(new Set(both.map(({ path }) => path)).size).toBe(1)
    expect(await readFile(cached(), 'utf8')).toBe(program(pinnedVersion))
  })

  const archive = archiveOf(pinnedVersion)
  const other = archiveOf('2.0.0')
  it.each<[string, Record<string, RequestListener>, RegExp]>([
    [
      'has another digest',
      { SHA256SUMS: send(sumsOf(other)), [`${name}.tar.gz`]: send(archive) },
      /must have SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'is cut short',
      {
        SHA256SUMS: send(sumsOf(archive)),
        [`${name}.tar.gz`]: (_, response) => {
          response.writeHead(200, { 'content-length': archive.length })
          response.write(archive.subarray(0, 100), () => response.destroy())
        },
      },
      /must be downloadable, got/,
    ],
    [
      'is shorter than its digest was made for',
      { SHA256SUMS: send(sumsOf(archive)), [`${name}.tar.gz`]: send(archive.subarray(0, 100)) },
      /must have SHA-256/,
    ],
    ['is not there', { SHA256SUMS: send(sumsOf(archive)) }, /tar\.gz must be downloadable, got status 404/],
    ['has no digest', {}, /SHA256SUMS must be downloadable, got status 404/],
    [
      'is not made for this platform',
      { SHA256SUMS: send('') },
      /release \S+ has no nats-server-\S+-linux-amd64\.tar\.gz/,
    ],
    [
      'is no archive',
      { SHA256SUMS: send(sumsOf(Buffer.from('hello'))), [`${name}.tar.gz`]: send('hello') },
      /must be a whole \.tar\.gz/,
    ],
    [
      'holds another version',
      { SHA256SUMS: send(sumsOf(other)), [`${name}.tar.gz`]: send(other) },
      /holds version 2\.0\.0/,
    ],
  ])('is not used when it %s; the error lists all that was tried', async (_, answers, reason) => {
    const error: unknown = await obtainServer({}, context({ mirror: await releases(answers) })).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'unavailable',
      lines: [
        'PATH: there is no nats-server',
        `cache: ${dirname(dirname(cached()))} has no ${pinnedVersion}`,
        expect.stringMatching(reason) as string,
        'go install: there is no Go on local',
      ],
    })
    expect(existsSync(cached())).toBe(false)
    const left = await readdir(join(home, 'nats-jail-harness', 'nats-server')).catch(() => [])
    expect(left).toEqual([])
  })

  it('falls through quickly where nobody answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const address = closed.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise((resolve) => closed.close(resolve))
    await expect(obtainServer({}, context({ mirror: `http://127.0.0.1:${port}` }))).rejects.toMatchObject({
      lines: expect.arrayContaining([expect.stringContaining('ECONNREFUSED') as string]) as string[],
    })
  })
})

describe('a download', () => {
  const bounds = { bytes: 1000, answerMs: 5000, wholeMs: 5000 }

  it('gives up on a server that does not answer, and on one that stops in the middle', async () => {
    const mirror = await releases({
      silent: () => undefined,
      stuck: (_, response) => void response.writeHead(200, { 'content-length': 10 }).write('half'),
    })
    await expect(download(`${mirror}/silent`, { ...bounds, answerMs: 50 })).rejects.toThrow('got nothing for 50 ms')
    await expect(download(`${mirror}/stuck`, { ...bounds, wholeMs: 200 })).rejects.toThrow('got nothing for 200 ms')
  })

  it('takes no more than it was told, whatever the server says', async () => {
    const mirror = await releases({ big: send('x'.repeat(1001)), exact: send('x'.repeat(1000)) })
    await expect(download(`${mirror}/big`, bounds)).rejects.toThrow('got more than 1000 bytes')
    expect((await download(`${mirror}/exact`, bounds)).length).toBe(1000)
  })

  it('ends when the run is interrupted', async () => {
    const mirror = await releases({ silent: () => undefined })
    const interrupt = new AbortController()
    const waiting = download(`${mirror}/silent`, { ...bounds, signal: interrupt.signal })
    interrupt.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('a nats-server built by Go', () => {
  /** Plays `go`: `go install` puts a program into GOBIN, `go list -m` knows one branch. */
  async function go(version: string): Promise<string> {
    return put(
      join(home, 'go'),
      `#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
list) case "$5 $GOPROXY" in *"@main "|*"@my/branch direct") echo v2.16.0-0.20261101120000-abcdef123456 ;; *) echo unknown revision >&2; exit 1 ;; esac ;;
install) echo "$GOFLAGS $CGO_ENABLED $*" >"${home}/asked"; printf '%s' '${program(version)}' >"$GOBIN/nats-server"; chmod 755 "$GOBIN/nats-server" ;;
esac
`,
    )
  }

  it('comes last, and is kept', async () => {
    const got = await obtainServer({}, context({ host: host({ go: await go(pinnedVersion) }) }))
    expect(got).toMatchObject({
      path: cached(),
      origin: `go install (github.com/nats-io/nats-server/v2@v${pinnedVersion})`,
    })
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe(
      `-mod=mod 0 install -trimpath github.com/nats-io/nats-server/v2@v${pinnedVersion}\n`,
    )
    expect(await obtainServer({}, context())).toMatchObject({ path: cached() })
  })

  it('may be a branch, which is kept under the version it stood for', async () => {
    const got = await obtainServer({ version: 'main' }, context({ host: host({ go: await go('2.16.0-dev') }) }))
    expect(got.version).toBe('2.16.0-dev')
    expect(got.path).toContain('/2.16.0-0.20261101120000-abcdef123456-linux-amd64/')
    expect(got.origin).toMatch(/from main\)$/)
  })

  it.each(['refs/heads/main', 'refs/tags/main', 'my/branch', 'refs/heads/my/branch', 'refs/tags/my/branch'])(
    'may be %s: Go is asked by the short name, and past its proxy where that has a slash',
    async (ref) => {
      const on = context({ host: host({ go: await go('2.16.0-dev') }) })
      expect(await resolveRef(ref, on)).toBe('2.16.0-0.20261101120000-abcdef123456')
    },
  )

  it('is built here for a host that has neither Go nor a way out, and copied there; the report says so', async () => {
    const board = { ...host(), name: 'root@board' }
    // Plays a Go that builds for other systems: below GOPATH, never with GOBIN.
    const crossing = await put(
      join(home, 'go'),
      `#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
env) echo ${home}/modules ;;
install) [ -z "$GOBIN" ] || exit 1; echo "$GOOS $GOARCH $GOMODCACHE" >"${home}/asked"; mkdir -p "$GOPATH/bin/x"; printf '%s' '${program(pinnedVersion)}' >"$GOPATH/bin/x/nats-server" ;;
esac
`,
    )
    const facts = { os: 'FreeBSD', arch: 'arm64' }
    const remote = { host: { ...board, run: asRemote(board) }, here: host({ go: crossing }), facts }
    const got = await obtainServer({}, context(remote))
    expect(got).toMatchObject({
      version: pinnedVersion,
      origin: `go install on the driving machine (github.com/nats-io/nats-server/v2@v${pinnedVersion})`,
    })
    expect(got.path).toContain(`${home}/nats-jail-harness/nats-server/${pinnedVersion}-freebsd-arm64/`)
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe(`freebsd arm64 ${home}/modules\n`)
    // Kept there: asked again, nothing is built.
    await rm(join(home, 'asked'))
    expect((await obtainServer({}, context({ ...remote, here: host() }))).origin).toBe(got.origin)
    await expect(obtainServer({ version: '2.9.0' }, context({ ...remote, here: host() }))).rejects.toMatchObject({
      lines: expect.arrayContaining([
        'go install on the driving machine: there is no Go on this machine',
        'go install: there is no Go on root@board',
      ]) as string[],
    })
  })

  it('is not taken for the version that was asked for when it is another', async () => {
    const wrong = obtainServer({}, context({ host: host({ go: await go('2.0.0') }) }))
    await expect(wrong).rejects.toMatchObject({
      lines: expect.arrayContaining(['go install: the built program is version 2.0.0']) as string[],
    })
    expect(existsSync(cached())).toBe(false)
  })

  it.each(['-mod=x', 'a b', 'x;id', '../x', 'a..b', '', '$(id)', 'x@y', 'refs/pull/1/head'])(
    'takes no ref %j',
    async (ref) => {
      await expect(resolveRef(ref, context())).rejects.toMatchObject({ code: 'usage' })
    },
  )

  it('says of a ref that Go does not find what it may be, with the words of Go', async () => {
    const lost = await put(
      join(home, 'go'),
      '#!/bin/sh\n[ "$1" = version ] && exit 0\necho "dev: invalid version" >&2; exit 1\n',
    )
    await expect(resolveRef('dev', context({ host: host({ go: lost }) }))).rejects.toMatchObject({
      code: 'not-found',
      message: 'nats-server dev must be a branch, a tag or a commit that Go finds, got none',
      lines: ['dev: invalid version'],
      hint: expect.stringContaining('a program by its path') as string,
    })
  })

  it('says that a ref needs Go', async () => {
    await expect(obtainServer({ version: 'main' }, context())).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('what is read of a program and a release', () => {
  it('is a version as nats-server prints it', () => {
    expect(parseVersion('nats-server: v2.15.2\n')).toBe('2.15.2')
    expect(parseVersion('nats-server: v2.16.0-RC.1\n')).toBe('2.16.0-RC.1')
    expect(parseVersion('curl 8.0')).toBeUndefined()
    expect(['2.15.2', '2.16.0-RC.1', 'main', '2.15', 'v2.15.2'].map(isRelease)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('is the Go version of the build, at its place in the program', () => {
    const build = Buffer.alloc(200)
    build.write('\xff Go buildinf:', 64, 'latin1')
    build[78] = 8
    build[79] = 2
    build[96] = 8
    build.write('go1.26.8', 97)
    expect(goVersionOf(build)).toBe('go1.26.8')
    expect(goVersionOf(build.subarray(1))).toBeUndefined()
    expect(goVersionOf(Buffer.from('\xff Go buildinf:', 'latin1'))).toBeUndefined()
  })

  it('is the digest of exactly the file', () => {
    const sum = 'a'.repeat(64)
    expect(digestOf(`${sum}  x.tar.gz\n`, 'x.tar.gz')).toBe(sum)
    expect(digestOf(`${sum} *./x.tar.gz\r\n`, 'x.tar.gz')).toBe(sum)
    expect(digestOf(`${sum}  x.tar.gz.sig\nshort  x.tar.gz\n`, 'x.tar.gz')).toBeUndefined()
  })

  it('is the file of an archive, of any size and depth', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 0, max: 15 }), (content, depth) => {
        const path = `${'folder/'.repeat(depth)}nats-server`
        const archive = gzipSync(tarOf({ before: 'x'.repeat(511), [path]: content, after: '' }))
        expect(new Uint8Array(fileFromTarGz(archive, path))).toEqual(content)
      }),
    )
  })

  it('is never half a file: a damaged archive is refused', () => {
    const tar = tarOf({ 'nats-server': 'x'.repeat(5000) })
    for (const cut of [10, 511, 512, 1000, 5000]) {
      expect(() => fileFromTarGz(gzipSync(tar.subarray(0, cut)), 'nats-server')).toThrow('must be a whole .tar.gz')
      expect(() => fileFromTarGz(gzipSync(tar).subarray(0, 20), 'nats-server')).toThrow('must be a whole .tar.gz')
    }
    const odd = Buffer.from(tar)
    odd.write('99999999999', 124)
    expect(() => fileFromTarGz(gzipSync(odd), 'nats-server')).toThrow('wrong size')
  })
})
