import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { reachHint, sshConnection } from './ssh-connection.ts'

const target = { user: 'me', host: 'board', port: 2222 }

test.for([
  ['ssh: connect to host board port 2222: Connection timed out', /nobody answers there.*`ssh -p 2222 me@board true`/],
  ['ssh: connect to host board port 2222: Connection refused', /nobody answers there/],
  ['ssh: connect to host board port 2222: No route to host', /nobody answers there/],
  ['command `ssh -o ...` must end within 20000 ms, got no end', /nobody answers there/],
  ['ssh: Could not resolve hostname board: Name or service not known', /no host of that name/],
  ['me@board: Permission denied (publickey,password).', /without a password first/],
  ['Host key verification failed.', /without a password first/],
] as const)('what ssh said is answered with what helps: %s', ([said, hint]) => {
  const told = reachHint(target, said)
  expect(told).toMatch(hint)
  expect(/password/.test(told)).toBe(/denied|key/.test(said))
})

test('a connection that is still being made holds up neither an interrupt nor the end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-silent-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  // Nobody answers: ssh gives up only long after this test has failed.
  const config = join(folder, 'config')
  await writeFile(
    config,
    `Host board\n  ProxyCommand sh -c 'touch ${join(folder, 'asked')}; exec sleep 600'\n  ConnectTimeout 600\n`,
  )
  const connection = sshConnection(target, { BENCH_SSH_CONFIG: config })
  const interrupt = new AbortController()
  const words = connection.words(interrupt.signal)
  const stopped = expect(words).rejects.toMatchObject({ code: 'interrupted' })
  const other = expect(connection.words()).rejects.toMatchObject({ code: 'interrupted' })
  await vi.waitFor(async () => expect(await readdir(folder)).toContain('asked'), 4000)
  interrupt.abort()
  await stopped
  await connection.close()
  await other
})
