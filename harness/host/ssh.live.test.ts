import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { substrateContract } from '../substrate/contract.ts'
import { processSubstrate } from '../substrate/process.ts'
import { openJournal } from '../store/journal.ts'
import { killNow } from '../testing/kill.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Host } from './host.ts'
import { processTable } from './processes.ts'
import { sshHost } from './ssh.ts'
import { freePort, sshd, startSshd } from './sshd-under-test.ts'
import type { SshServer } from './sshd-under-test.ts'

const missing = sshd === undefined ? 'there is no sshd (Debian: apt-get install openssh-server)' : undefined

/** The Node.js of this test, as an installed one would be. */
const sessionEnv = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` }

describe.skipIf(missing !== undefined)(
  `a host over ssh${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: SshServer
    let host: Host
    let facts: HostFacts
    beforeAll(async () => {
      server = await startSshd(sshd ?? '', sessionEnv)
      host = sshHost(server.url, server.env)
      facts = await host.facts()
    })
    afterAll(async () => {
      await host.close()
      await server.stop()
    })

    it('answers the same facts as the machine itself', () => {
      expect(facts.name).toBe(server.url.replace('ssh://', ''))
      expect(facts.os).toBe(execFileSync('uname', ['-s'], { encoding: 'utf8' }).trim())
      expect(facts.cores).toBeGreaterThan(0)
      expect(facts.memoryBytes).toBeGreaterThan(1e8)
    })

    it('runs a command with its input, output, status, folder and environment', async () => {
      const done = await host.run(['sh', '-c', 'cat; pwd; echo "$WORD" >&2; exit 3'], {
        input: 'in\n',
        cwd: '/usr',
        env: { WORD: `it's\ntwo lines` },
        accept: [3],
      })
      expect(done).toEqual({ stdout: 'in\n/usr\n', stderr: `it's\ntwo lines\n`, status: 3 })
    })

    it('names the command, the host, the status and the last lines of a failure', async () => {
      await expect(host.run(['sh', '-c', 'echo no such thing >&2; exit 4'])).rejects.toMatchObject({
        code: 'os',
        message: expect.stringMatching(
          /^command `sh -c .*` on \S+@127.0.0.1:\d+ must end with status 0, got 4$/,
        ) as string,
        lines: ['no such thing'],
      })
      await expect(host.run(['no-such-program'], { accept: 'any' })).rejects.toThrow('must start, got ENOENT')
    })

    it('takes a status of 255 for the answer of the program that it is', async () => {
      expect((await host.run(['sh', '-c', 'exit 255'], { accept: 'any' })).status).toBe(255)
    })

    it('ends the program over there when its time is up', async () => {
      const mark = `61.${Math.floor(Math.random() * 1e9)}`
      await expect(host.run(['sleep', mark], { timeoutMs: 1500 })).rejects.toThrow('must end within 1500 ms')
      const left = await host.run(['pgrep', '-f', `^sleep ${mark}`], { accept: [0, 1] })
      expect(left.stdout).toBe('')
    })

    it('puts text, bytes and deep folders, private to the user', async () => {
      const place = join(server.folder, 'put here', "it's")
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
      const deep = `${'folder/'.repeat(14)}${'n'.repeat(40)}.bin`
      await host.put({ 'a.txt': 'ä\n', [deep]: bytes }, place)
      expect(await readFile(join(place, 'a.txt'), 'utf8')).toBe('ä\n')
      expect(new Uint8Array(await readFile(join(place, deep)))).toEqual(bytes)
      const modes = await host.run(['stat', '-c', '%a', place, join(place, 'folder'), join(place, 'a.txt')])
      expect(modes.stdout).toBe('700\n700\n600\n')
      await expect(host.put({ '../x': '' }, place)).rejects.toThrow('without ".."')
    })

    it('spawns a program that hears signals, and stops the whole group', async () => {
      const child = await host.spawn(['sh', '-c', 'sleep 60 & trap "echo heard; kill $!; exit 5" INT; echo up; wait'])
      const lines = child.lines[Symbol.asyncIterator]()
      expect((await lines.next()).value).toBe('up')
      child.signal('SIGINT')
      expect((await lines.next()).value).toBe('heard')
      expect(await child.exit).toEqual({ status: 5 })

      const deaf = await host.spawn(['sh', '-c', 'trap "" TERM; echo up; sleep 60 & wait; sleep 60'])
      await deaf.lines[Symbol.asyncIterator]().next()
      expect(await deaf.stop(100)).toEqual({ signal: 'SIGKILL' })
      expect((await processTable(host, facts.os).starts([deaf.pid ?? 0])).size).toBe(0)
    })

    it('shares one connection', async () => {
      await Promise.all(Array.from({ length: 8 }, () => host.run(['true'])))
      const sockets = readdirSync(tmpdir()).filter((name) => name.startsWith('bench-ssh-'))
      expect(sockets.length).toBeGreaterThan(0)
      const sessions = await host.run(['sh', '-c', 'echo "$SSH_CONNECTION"'])
      expect((await host.run(['sh', '-c', 'echo "$SSH_CONNECTION"'])).stdout).toBe(sessions.stdout)
    })

    it('removes the empty folders of runners that were killed, and no others', async () => {
      const base = tmpdir().length > 60 ? '/tmp' : tmpdir()
      const made = (name: string) => mkdtemp(join(base, `bench-ssh-${name}-`))
      const [old, full, young] = [await made('old'), await made('full'), await made('young')]
      await writeFile(join(full, 's'), '')
      const longAgo = new Date(Date.now() - 600_000)
      for (const folder of [old, full]) await utimes(folder, longAgo, longAgo)
      const other = sshHost(server.url, server.env)
      await other.run(['true'])
      expect([old, full, young].map((folder) => existsSync(folder))).toEqual([false, true, true])
      await other.close()
      for (const folder of [full, young]) await rm(folder, { recursive: true })
    })

    it('says what to try when the host cannot be reached, and never asks a question', async () => {
      const port = await freePort()
      const nobody = sshHost(`ssh://${userInfo().username}@127.0.0.1:${port}`, server.env)
      await expect(nobody.run(['true'])).rejects.toMatchObject({
        code: 'unavailable',
        lines: [expect.stringContaining('Connection refused') as string],
      })
      await nobody.close()
    })

    it('refuses a host whose key is not known', async () => {
      const config = join(server.folder, 'strangers')
      await writeFile(
        config,
        (await readFile(server.env['BENCH_SSH_CONFIG'] ?? '', 'utf8')).replace(/known$/m, 'nobody'),
      )
      const stranger = sshHost(server.url, { BENCH_SSH_CONFIG: config })
      await expect(stranger.run(['true'])).rejects.toMatchObject({
        lines: expect.arrayContaining([expect.stringContaining('Host key verification failed')]) as string[],
      })
      await stranger.close()
    })

    it('fails, and does not hang, when the connection is cut in the middle of a command', async () => {
      const second = await startSshd(sshd ?? '', sessionEnv)
      const far = sshHost(second.url, second.env)
      const child = await far.spawn(['sh', '-c', 'echo up; cat; exit 0'])
      await child.lines[Symbol.asyncIterator]().next()
      // The server process of this connection is the parent of the session leader.
      const parent = (await far.run(['ps', '-o', 'ppid=', '-p', String(child.pid)])).stdout.trim()
      killNow(parent)
      expect(await child.exit).toMatchObject({
        status: 255,
        lost: { code: 'os', message: expect.stringMatching(/^connection to \S+ must hold while /) as string },
      })
      // The next command connects anew, and shares that connection.
      const connections = await Promise.all([0, 1].map(() => far.run(['sh', '-c', 'echo "$SSH_CONNECTION"'])))
      expect(connections[0]?.stdout).toBe(connections[1]?.stdout)
      await far.close()
      await second.stop()
    })

    describe('the substrate of process groups over it', () => {
      for (const { title, run } of substrateContract) {
        it(title, async () => {
          const folder = await mkdtemp(join(server.folder, 'contract-'))
          const id = `20261124-061500-contract${process.pid}-ssh1`
          const journal = await openJournal(join(folder, 'journal.ndjson'), id)
          const base = { host, facts, run: id, tag: 'ssh1', directory: join(folder, 'work'), settings: {} }
          const substrate = await processSubstrate({ ...base, env: process.env, say: () => undefined })
          try {
            await run({
              substrate,
              journal,
              commands: {
                echo: ['cat'],
                fail: ['sh', '-c', 'echo sorry >&2; exit 3'],
                deaf: ['sh', '-c', 'trap "" TERM; echo deaf; sleep 60 & wait; sleep 60'],
                show: (path) => ['cat', path],
                variable: (name) => ['printenv', name],
              },
            })
          } finally {
            await substrate.sweep(journal.open())
            await journal.close()
          }
        })
      }
    })
  },
)

describe('the name of a host', () => {
  it.each([
    'ssh://root@-oProxyCommand=id',
    'ssh://-oProxyCommand=id@host',
    'ssh://root@host:0',
    'ssh://root@host:70000',
    'ssh://root@host;id',
    'ssh://root@host/path',
    'ssh://host',
    'root@host',
    'ssh://ro ot@host',
    'ssh://root@ho\nst',
    '',
  ])('cannot be %j', (url) => {
    expect(() => sshHost(url, {})).toThrow('host must be ssh://user@host')
  })

  it('may have a port or be an IPv6 address', () => {
    expect(sshHost('ssh://root@rock64', {}).name).toBe('root@rock64')
    expect(sshHost('ssh://root@rock64.lan:2222', {}).name).toBe('root@rock64.lan:2222')
    expect(sshHost('ssh://root@[fe80::1]', {}).name).toBe('root@fe80::1')
  })
})
