/**
 * Every `bastille` command of ours is run here: one at a time in this process (a promise chain) and one at a time on the host
 * (a lock file: Bastille has no locks, and two at once lose rows and files without an error), with stdin closed, no colours and
 * our own configuration. Its exit status alone proves nothing: callers look at jls, the file system or zfs afterwards.
 */
import type { Child, Finished, Host } from '../../host/host.ts'
import { patiently } from '../../host/patience.ts'
import { BenchError } from '../../model/error.ts'
import { stopHere } from '../place.ts'
import type { Home } from './home.ts'
import { turns } from './turns.ts'

/**
 * Commands of one lane wait for each other, not for those of other lanes. `server`, `load`: work inside one jail only (template,
 * pkg). `beside`: touches only its own jail and address (start, destroy), so one jail can start while the next is being copied.
 */
const lanes = ['server', 'load', 'beside'] as const
export type Lane = (typeof lanes)[number]

export interface CallOptions {
  /** Milliseconds; default 600,000. */
  readonly timeoutMs?: number
  /** Ends the command and all it started, in the jail too. */
  readonly signal?: AbortSignal | undefined
  /** Once it is aborted the command is not begun any more; one that runs already goes on to its end. Nine clones may be waiting. */
  readonly unless?: AbortSignal
  /** Which calls it waits for; without one it waits for all calls that have no lane. */
  readonly lane?: Lane
  /** Waits for the lane `beside` too: it makes or removes interfaces of a VNET jail. Never needed on a shared network. */
  readonly alone?: boolean
  /** Its progress in a few words, for the line that is printed every ten seconds. */
  readonly seen?: () => Promise<string>
}

export interface Bastille {
  /**
   * Output and status as they came; throws when the command could not be run, the lock could not be taken, or it was
   * interrupted.
   */
  call(words: readonly string[], options?: CallOptions): Promise<Finished>
  /** Runs `work` while no other runner makes or removes jails on this host; throws BenchError `busy` when one does. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Keeps other runners away until the returned function is called. May be called again while it is held. */
  hold(): Promise<() => void>
  /** `bastille` processes started so far. */
  calls(): number
}

/** lockf is FreeBSD's; flock stands in for it where the scripts run on another system. Both close the file in the child. */
const lockers: Readonly<Record<string, (file: string, seconds: number) => readonly string[]>> = {
  lockf: (file, seconds) => ['lockf', '-k', '-t', String(seconds), file],
  flock: (file, seconds) => ['flock', '-o', '-E', '75', '-w', String(seconds), file],
}
const lockTaken = 75
const lockFolder = '/var/run'

export async function bastilleCommand(
  host: Host,
  home: Home,
  run: string,
  say: (line: string) => void,
): Promise<Bastille> {
  const locker = await findLocker(host)
  const state = { calls: 0, holders: 0 }
  const inTurn = new Map([undefined, ...lanes].map((lane) => [lane, turns()]))
  let lease: Promise<Child> | undefined
  /** The end of the previous lease: its lock must be free before the next one asks for it. */
  let before: Promise<unknown> = Promise.resolve()

  const call = async (words: readonly string[], options: CallOptions = {}): Promise<Finished> => {
    const { timeoutMs = 600_000, signal, unless, lane, alone = false, seen } = options
    // Locks are always taken in this order, so that two commands never wait for each other.
    const taken = alone ? ([undefined, 'beside'] as const) : [lane]
    const work = async () => {
      stopHere(unless)
      state.calls++
      const command = [...taken.flatMap((each) => locker(lockOf(each), 600)), 'bastille', ...words]
      // Otherwise git asks for a name and a password where a repository does not exist.
      const env = { NO_COLOR: '1', BASTILLE_CONFIG: home.config, GIT_TERMINAL_PROMPT: '0' }
      const stop = signal === undefined ? {} : { signal }
      return host.run(command, { env, input: '', timeoutMs, accept: 'any', ...stop })
    }
    const plain = words.filter((word) => !word.startsWith('-'))
    const told = () => patiently(say, `bastille ${plain.slice(0, 2).join(' ')}`, work, seen)
    return taken.reduceRight<() => Promise<Finished>>((next, each) => () => (inTurn.get(each) ?? turns())(next), told)()
  }

  const hold = async (): Promise<() => void> => {
    state.holders++
    lease ??= before.then(async () => {
      const child = await takeLease(host, locker(`${lockFolder}/natsbench.lease`, 1), run)
      // A runner that was killed may have left a bastille command that still runs: wait for its end.
      const free = (lane?: Lane) => host.run([...locker(lockOf(lane), 600), 'true'], { timeoutMs: 601_000 })
      const all = () => Promise.all([free(), ...lanes.map(free)])
      await patiently(say, 'waiting for the last bastille command of another run', all)
      return child
    })
    const held = lease
    const release = () => {
      state.holders--
      if (state.holders > 0) return
      lease = undefined
      before = held.then(
        (child) => {
          child.closeInput()
          return child.exit
        },
        () => undefined, // the caller that waited for the lease got the error
      )
    }
    try {
      await held
    } catch (error) {
      release()
      throw error
    }
    let released = false
    return () => {
      if (!released) release()
      released = true
    }
  }

  const exclusively = async <T>(work: () => Promise<T>): Promise<T> => {
    const release = await hold()
    try {
      return await work()
    } finally {
      release()
    }
  }
  return { call, exclusively, hold, calls: () => state.calls }
}

function lockOf(lane: Lane | undefined): string {
  return `${lockFolder}/natsbench.call${lane === undefined ? '' : `.${lane}`}`
}

/** `cat` that holds the lock: it echoes a line once the lock is ours. It ends with our pipe, so the lock is freed even if we are killed. */
async function takeLease(host: Host, locked: readonly string[], run: string): Promise<Child> {
  const child = await host.spawn([...locked, 'cat'])
  child.write(`${run}\n`)
  for await (const line of child.lines) {
    if (line === run) return child
  }
  const { status, lost } = await child.exit
  if (lost !== undefined) throw lost
  if (status === lockTaken) {
    throw new BenchError('busy', `jails of ${host.name} must belong to one run at a time, another one is active`, {
      hint: 'wait for it to end, or stop it',
    })
  }
  throw new BenchError(
    'os',
    `the lock ${lockFolder}/natsbench.lease must be taken, ${locked[0]} ended with status ${status ?? 'none'}`,
    { lines: child.tail() },
  )
}

async function findLocker(host: Host): Promise<(file: string, seconds: number) => readonly string[]> {
  for (const [program, words] of Object.entries(lockers)) {
    const { status } = await host.run(['sh', '-c', 'command -v "$1"', 'sh', program], { accept: 'any' })
    if (status === 0) return words
  }
  throw new BenchError('unavailable', `${host.name} must have lockf to keep bastille calls apart, it has not`, {
    hint: 'lockf(1) is in the base system of FreeBSD; look at PATH',
  })
}

/** What an error shows of a command's output. */
export function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-12)
}
