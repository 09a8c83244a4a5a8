/** A machine reached by the system's ssh. */
import { posix } from 'node:path'
import { BenchError } from '../model/error.ts'
import { known } from '../model/known.ts'
import { describeCommand, killedMs, notAccepted, notStarted, startChild, stopChild, within } from './child.ts'
import type { SignalName } from './child.ts'
import { surveyHost } from './facts.ts'
import { runLocally } from './local.ts'
import { interruptible } from './interruptible.ts'
import { checkPlace } from './place.ts'
import { remoteCommand, remoteMark } from './remote-command.ts'
import { parseSshUrl, sshConnection } from './ssh-connection.ts'
import { tarOf } from './tar.ts'
import { together } from './together.ts'
import type { Child, Exit, Finished, Host, RunOptions, SpawnOptions } from './host.ts'

const startMs = 30_000

/** `ssh://user@host[:port]`. Throws `usage` for any other text. Connects with the first command. */
export function sshHost(url: string, env: Readonly<Record<string, string | undefined>>): Host {
  const target = parseSshUrl(url)
  const name = `${target.user}@${target.host}${target.port === undefined ? '' : `:${target.port}`}`
  const connection = sshConnection(target, env)

  const run = async (command: readonly string[], options: RunOptions = {}): Promise<Finished> => {
    const connected = await connection.words(options.signal)
    const words = [...connected, remoteCommand('run', command, options)]
    let said = ''
    const { input, timeoutMs, signal } = options
    const local = {
      accept: 'any',
      ...known({ input, timeoutMs, signal }),
    } as const
    const done = await runLocally(words, local, (text) => {
      if (said.length < 4096) said += text
    }).catch(async (error: unknown) => {
      // Ending our ssh does not end the program over there.
      const pid = pidIn(said)
      if (pid !== undefined) await kill(pid, 'SIGKILL')
      throw named(error, command, name)
    })
    if (statusIn(done) === undefined) await connection.broken(connected)
    return answered(done, command, name, options.accept ?? [0])
  }

  const kill = async (pid: number, signal: SignalName): Promise<void> => {
    // A group, where it leads one: sshd gives each command a session of its own.
    const script = 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" -- "$2" 2>/dev/null; :'
    await run(['sh', '-c', script, 'sh', signal.slice(3), String(pid)], { timeoutMs: killedMs })
  }

  const host: Host = {
    name,
    facts: (signal) => surveyHost({ name, ...together(interruptible(host, signal)) }),
    run,
    spawn: async (command, options = {}) => {
      const words = await connection.words()
      return startRemote({ words, name, kill, broken: () => connection.broken(words) }, command, options)
    },
    async put(files, directory) {
      checkPlace(directory, Object.keys(files))
      const script = 'umask 077; mkdir -p -- "$1" && exec tar -x -o -f - -C "$1"'
      await run(['sh', '-c', script, 'sh', posix.normalize(directory)], { input: tarOf(files), timeoutMs: 300_000 })
    },
    close: () => connection.close(),
  }
  return host
}

interface Way {
  readonly words: readonly string[]
  readonly name: string
  readonly kill: (pid: number, signal: SignalName) => Promise<void>
  readonly broken: () => Promise<boolean>
}

async function startRemote(
  { words, name, kill, broken }: Way,
  command: readonly string[],
  options: SpawnOptions,
): Promise<Child> {
  const what = describeCommand(command)
  const first = Promise.withResolvers<string>()
  let claimed = false
  const local = await startChild([...words, remoteCommand('spawn', command, options)], {}, (line) => {
    if (claimed || !line.startsWith(remoteMark)) return false
    claimed = true
    first.resolve(line)
    return true
  })
  const begun = await within(Promise.race([first.promise, local.exit.then(() => undefined)]), startMs)
  const pid = pidIn(begun ?? '')
  if (pid === undefined) {
    const exit = await local.stop(200)
    if (begun?.endsWith('missing') === true) throw notStarted(what, 'ENOENT')
    if (begun?.endsWith('folder') === true) throw notStarted(what, `no folder ${options.cwd ?? ''}`)
    await broken()
    throw lost(what, name, local.tail(), exit.status)
  }
  let ended = false
  let asked: SignalName | undefined
  let order: Promise<void> = Promise.resolve()
  const failures: string[] = []
  const signal = (wanted: SignalName): void => {
    if (ended) return // the number may be someone else's by now
    if (wanted !== 'SIGCONT') asked = wanted
    order = order
      .then(() => kill(pid, wanted))
      .catch((error: unknown) => {
        failures.push(`(${wanted} could not be sent: ${String(error)})`)
      })
  }
  const exit: Promise<Exit> = local.exit.then(async (end) => {
    ended = true
    if (end.status !== 255) return end
    // ssh says 255 for a program that a signal ended, and for a connection that is gone.
    if (asked !== undefined) return { signal: asked }
    return (await broken().catch(() => true)) ? { ...end, lost: lost(what, name, [], end.status) } : end
  })
  return {
    pid,
    write: (text) => local.write(text),
    closeInput: () => local.closeInput(),
    lines: local.lines,
    tail: () => [...local.tail(), ...failures].slice(-40),
    exit,
    signal,
    async stop(graceMs = 3000) {
      try {
        return await stopChild(what, exit, signal, graceMs)
      } finally {
        await order
        await local.stop(200) // where the connection is cut, our own ssh may still wait
      }
    },
  }
}

/** What runLocally does for a program here, for one over there. */
function answered(
  done: Finished,
  command: readonly string[],
  name: string,
  accept: readonly number[] | 'any',
): Finished {
  const what = describeCommand(command)
  const marks = done.stderr.split('\n').filter((line) => line.startsWith(remoteMark))
  const stderr = done.stderr
    .replace(new RegExp(`\\n?^${remoteMark} status \\d+\\n`, 'm'), '')
    .replace(new RegExp(`^${remoteMark} .*\\n`, 'm'), '')
  if (marks[0]?.endsWith(' missing') === true) throw notStarted(what, 'ENOENT')
  if (marks[0]?.endsWith(' folder') === true) throw notStarted(what, 'no such folder')
  const status = statusIn(done)
  if (status === undefined) throw lost(what, name, stderr.trimEnd().split('\n').slice(-10), done.status)
  if (accept !== 'any' && !accept.includes(status)) {
    const lines = (stderr.trim() === '' ? done.stdout : stderr).trimEnd().split('\n').slice(-10)
    throw notAccepted(`\`${what}\` on ${name}`, accept, status, lines)
  }
  return { stdout: done.stdout, stderr, status }
}

/** Undefined where the script did not get to say it. */
function statusIn({ stderr }: Finished): number | undefined {
  const last = stderr.split('\n').findLast((line) => line.startsWith(remoteMark))
  const status = / status (\d+)$/.exec(last ?? '')?.[1]
  return status === undefined ? undefined : Number(status)
}

function pidIn(text: string): number | undefined {
  const pid = new RegExp(`^${remoteMark} pid (\\d+)$`, 'm').exec(text)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

/** Errors of the local ssh speak of a long line of options; people asked for the command in it. */
function named(error: unknown, command: readonly string[], name: string): unknown {
  if (!(error instanceof BenchError)) return error
  const message = error.message.replace(
    /command `ssh .*?`(?= (?:must|was))/s,
    `command \`${describeCommand(command)}\` on ${name}`,
  )
  return new BenchError(error.code, message, { lines: error.lines, cause: error })
}

function lost(what: string, name: string, lines: readonly string[], status: number | undefined): BenchError {
  return new BenchError(
    'os',
    `connection to ${name} must hold while \`${what}\` runs, got ssh status ${status ?? 'none'}`,
    {
      lines,
      hint: 'what was left on the host is removed by `pnpm bench sweep`',
    },
  )
}
