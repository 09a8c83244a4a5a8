/** Jails on a host that is reached by ssh: a real sshd and real Bastille scripts; its sessions have the environment of a login. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../../host/local.ts'
import { sshHost } from '../../host/ssh.ts'
import { sshd, startSshd } from '../../host/sshd-under-test.ts'
import type { SshServer } from '../../host/sshd-under-test.ts'
import { openJournal } from '../../store/journal.ts'
import { killNow } from '../../testing/kill.ts'
import { bastilleSubstrate } from './bastille.ts'
import { jailPlace, jailSettings } from './lab-under-test.ts'
import { tracesOf } from './traces-under-test.ts'

const place = await jailPlace(process.env)
const here = place.kind === 'here'
const settings = jailSettings(process.env)
const never = new AbortController().signal

const missing = sshd === undefined ? 'there is no sshd (Debian: apt-get install openssh-server)' : undefined
const because = place.kind === 'nowhere' ? place.because : missing

describe.runIf(place.kind !== 'lab' && because !== undefined)('jails over ssh', () => {
  it('need a place to run and an sshd', (test) => test.skip(because))
})

describe.runIf(here && sshd !== undefined)('jails over ssh', () => {
  let server: SshServer
  beforeAll(async () => {
    // SH names the shell that the lab runs Bastille with; the tests have a prefix of their own.
    const sessionEnv = ['PATH', 'SH', 'BENCH_JAIL_PREFIX'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    server = await startSshd(sshd ?? '', Object.fromEntries(sessionEnv))
  })
  afterAll(() => server.stop())

  /** A connection and a substrate of their own, as each command of the runner has. */
  async function reach(tag: string, directory: string) {
    const host = sshHost(server.url, server.env)
    onTestFinished(() => host.close())
    const facts = await host.facts()
    const run = `20261124-061500-jails-${tag}`
    const substrate = await bastilleSubstrate({
      host,
      facts,
      run,
      tag,
      directory,
      settings,
      env: {},
      say: () => undefined,
    })
    return { host, facts, run, substrate }
  }

  async function folderOfTest(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-jails-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    return folder
  }

  it('are made, used and removed, and nothing stays', async () => {
    const folder = await folderOfTest()
    const { facts, run, substrate } = await reach('ssh1', folder)
    expect(facts.os).toBe('FreeBSD')
    expect(await substrate.unsupported()).toBeUndefined()
    const journal = await openJournal(join(folder, 'journal.ndjson'), run)
    const endpoint = substrate.endpoint(0)
    const node = await substrate.create(
      { name: 'load', group: 'load', role: 'load', index: 0, endpoint },
      journal,
      never,
    )
    await node.put({ 'hello.txt': "it's\nthere\n" }, `${node.directory}/files`)
    const child = await node.spawn([
      'sh',
      '-c',
      'hostname; cat "$0"; read line; echo "$line"; exit 7',
      `${node.directory}/files/hello.txt`,
    ])
    child.write('heard\n')
    const lines: string[] = []
    for await (const line of child.lines) lines.push(line)
    expect(lines).toEqual(['njssh100', "it's", 'there', 'heard'])
    expect(await child.exit).toEqual({ status: 7 })
    await node.destroy()
    expect(journal.open()).toEqual([])
    await journal.close()
    expect(await tracesOf(localHost(), 'ssh1')).toEqual([])
  })

  it('lose their programs to a broken connection by name, and the next command sweeps them', async () => {
    const folder = await folderOfTest()
    const first = await reach('ssh2', folder)
    const journal = await openJournal(join(folder, 'journal.ndjson'), first.run)
    const endpoint = first.substrate.endpoint(0)
    const plan = { name: 'load', group: 'load', role: 'load', index: 0, endpoint } as const
    const node = await first.substrate.create(plan, journal, never)
    const child = await node.spawn(['sh', '-c', 'echo up; cat; sleep 600'])
    await child.lines[Symbol.asyncIterator]().next()
    // A spawned program replaces the session's shell, so its parent is the sshd process of this connection.
    const session = await first.host.spawn(['sh', '-c', 'echo "$PPID"; cat'])
    const served = await session.lines[Symbol.asyncIterator]().next()
    killNow(served.done === true ? '' : served.value)
    expect(await child.exit).toMatchObject({
      lost: { code: 'os', message: expect.stringContaining('must hold while') as string },
    })
    expect(await tracesOf(localHost(), 'ssh2')).not.toEqual([])
    await journal.close()

    const next = await reach('ssh2', folder)
    const reopened = await openJournal(join(folder, 'journal.ndjson'), next.run)
    await next.substrate.sweep([...reopened.open()].reverse())
    await reopened.close()
    expect(await tracesOf(localHost(), 'ssh2')).toEqual([])
  })
})
