/** The words for the system's ssh: one shared connection to one host, no questions, known hosts respected. */
import { lstat, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../model/error.ts'
import { runLocally } from './local.ts'

export interface SshTarget {
  readonly user: string
  readonly host: string
  readonly port?: number
}

/** Throws `usage`. Nothing that ssh could take for an option gets through. */
export function parseSshUrl(url: string): SshTarget {
  const pattern =
    /^ssh:\/\/([A-Za-z_][\w.-]{0,31})@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,45}\])(?::(\d{1,5}))?\/?$/
  const match = pattern.exec(url)
  const port = match?.[3] === undefined ? undefined : Number(match[3])
  if (match === null || port === 0 || (port ?? 1) > 65_535) {
    throw new BenchError(
      'usage',
      `host must be ssh://user@host or ssh://user@host:port, got ${JSON.stringify(url.slice(0, 200))}`,
    )
  }
  const host = (match[2] ?? '').replace(/^\[|\]$/g, '')
  return { user: match[1] ?? '', host, ...(port === undefined ? {} : { port }) }
}

export interface SshConnection {
  /** Everything before the remote command. Connects first where that has not been done. */
  words(signal?: AbortSignal): Promise<readonly string[]>
  /** Whether the connection of these words is there no more; then the next `words()` makes a new one. */
  broken(words: readonly string[]): Promise<boolean>
  /** Also where it is still being made. */
  close(): Promise<void>
}

const connectSeconds = 10
/** The master ends by itself when nobody has used it for so long, also when we were killed. */
const persistSeconds = 60

const options = [
  'BatchMode=yes', // a password prompt in the middle of a run would never be answered
  `ConnectTimeout=${connectSeconds}`,
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'RequestTTY=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'LogLevel=ERROR',
] as const

/** `BENCH_SSH_CONFIG` names a configuration file instead of the user's own. */
export function sshConnection(target: SshTarget, env: Readonly<Record<string, string | undefined>>): SshConnection {
  const config = env['BENCH_SSH_CONFIG']
  let folder: string | undefined
  let connected: Promise<readonly string[]> | undefined
  let closing = new AbortController()
  const connect = async (): Promise<readonly string[]> => {
    const { signal } = (closing = new AbortController())
    folder = await socketFolder()
    const words = (master: string): readonly string[] => [
      'ssh',
      ...(config === undefined ? [] : ['-F', config]),
      ...options.flatMap((option) => ['-o', option]),
      ...['-o', `ControlMaster=${master}`, '-o', `ControlPath=${join(folder ?? '', 's')}`],
      ...['-o', `ControlPersist=${persistSeconds}`],
      ...(target.port === undefined ? [] : ['-p', String(target.port)]),
      ...['-l', target.user, '--', target.host],
    ]
    try {
      await reach(target, [...words('auto'), 'exit 0'], signal)
    } catch (error) {
      // It may have been made just when it was cut short.
      if (signal.aborted) await tellMaster(words('no'), 'exit')
      throw error
    }
    return words('no')
  }
  const forget = async (): Promise<void> => {
    const old = folder
    connected = undefined
    folder = undefined
    if (old !== undefined) await rm(old, { recursive: true, force: true })
  }
  return {
    words(signal) {
      connected ??= connect().catch(async (error: unknown) => {
        await forget() // the next command tries again
        throw error
      })
      return unlessAborted(connected, signal)
    },
    async broken(words) {
      if ((await tellMaster(words, 'check')) === 0) return false
      if ((await connected?.catch(() => undefined)) === words) await forget()
      return true
    },
    async close() {
      closing.abort()
      const words = await connected?.catch(() => undefined) // who asked has the failure
      if (words !== undefined) await tellMaster(words, 'exit')
      await forget()
    },
  }
}

/** 255: it is gone already. */
async function tellMaster(words: readonly string[], what: 'check' | 'exit'): Promise<number> {
  const at = words.indexOf('--')
  const command = [...words.slice(0, at), '-O', what, ...words.slice(at)]
  return (await runLocally(command, { accept: [0, 255], timeoutMs: 10_000 })).status
}

/** Who was told to stop does not wait for a connection that others may want. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  const cut = Promise.withResolvers<never>()
  const onAbort = () => cut.reject(new BenchError('interrupted', 'the connection was not waited for, got an interrupt'))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return Promise.race([promise, cut.promise]).finally(() => signal.removeEventListener('abort', onAbort))
}

async function reach(target: SshTarget, command: readonly string[], signal: AbortSignal): Promise<void> {
  const name = `${target.user}@${target.host}`
  try {
    await runLocally(command, { timeoutMs: (connectSeconds + 10) * 1000, signal })
  } catch (error) {
    if (!(error instanceof BenchError) || error.code !== 'os') throw error
    const lines = error.lines.length > 0 ? error.lines : [error.message]
    throw new BenchError('unavailable', `host ${name} must be reachable by ssh without a question, got a failure`, {
      cause: error,
      lines,
      hint: reachHint(target, lines.join('\n')),
    })
  }
}

/** What to do when ssh did not get there, by what it said: where nobody answered, no key helps. */
export function reachHint({ user, host, port }: SshTarget, said: string): string {
  const command = `\`ssh ${port === undefined ? '' : `-p ${port} `}${user}@${host} true\``
  if (/could not resolve|not known|no address associated/i.test(said))
    return `no host of that name is known here: is it spelt as in ${command}?`
  if (/timed out|must end within|no route|unreachable|connection refused/i.test(said))
    return `nobody answers there: is the host up, are its name and its port right, does a firewall let ssh through? ${command} must work first`
  return `make ${command} work without a password first`
}

const folderPrefix = 'bench-ssh-'

/** Private, and short: a socket's path has room for about 100 bytes. */
async function socketFolder(): Promise<string> {
  const base = tmpdir().length > 60 ? '/tmp' : tmpdir()
  await removeEmptyFolders(base)
  return mkdtemp(join(base, folderPrefix)) // 0700
}

/**
 * Folders of runners that were killed: their master has ended since and taken its socket with it. One that is in use holds
 * a socket, and one that is being made is young, so an old empty one of this user is nobody's.
 */
async function removeEmptyFolders(base: string): Promise<void> {
  const names = (await readdir(base)).filter((name) => name.startsWith(folderPrefix))
  for (const path of names.map((name) => join(base, name))) {
    const found = await lstat(path).catch(() => undefined) // gone meanwhile
    const old = found !== undefined && Date.now() - found.mtimeMs > 2 * persistSeconds * 1000
    // rmdir(2) refuses what is not empty; one that stays does no harm.
    if (old && found.isDirectory() && found.uid === userInfo().uid) await rmdir(path).catch(() => undefined)
  }
}
