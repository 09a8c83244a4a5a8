/** A real sshd for tests: on loopback, with keys, known hosts and configuration of its own; the user's are not touched. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path))

export interface SshServer {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Sessions have `sessionEnv` in their environment. */
export async function startSshd(program: string, sessionEnv: Readonly<Record<string, string>>): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sshd-'))
  const path = (name: string): string => join(folder, name)
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(name)])
  }
  const port = await freePort()
  const privileges = '/run/sshd'
  // Of the system's own sshd, which asks for it; it stays, for another one may stand on it by now.
  if (process.getuid?.() === 0 && existsSync('/run')) await mkdir(privileges, { recursive: true, mode: 0o755 })
  await writeFile(path('authorized'), await readFile(path('user.pub')))
  await writeFile(path('known'), `[127.0.0.1]:${port} ${await readFile(path('host.pub'), 'utf8')}`)
  await writeFile(
    path('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('authorized')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'MaxStartups 100',
      'MaxSessions 100',
      `SetEnv ${Object.entries(sessionEnv)
        .map(([name, value]) => `"${name}=${value}"`)
        .join(' ')}`,
    ].join('\n'),
  )
  await writeFile(
    path('ssh_config'),
    [
      'Host *',
      `  IdentityFile ${path('user')}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${path('known')}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
    ].join('\n'),
  )
  const child = spawn(program, ['-D', '-e', '-f', path('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('Server listening')) resolve()
    })
    child.once('exit', () => reject(new Error(`sshd ended: ${log}`)))
  })
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    env: { BENCH_SSH_CONFIG: path('ssh_config') },
    folder,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
