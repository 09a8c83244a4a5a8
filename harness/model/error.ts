/**
 * The one error of the harness: what was wanted, what came, what to do, and the exit status it ends the program with.
 * Statuses follow sysexits(3).
 */

const exitStatuses = {
  usage: 64, // the command line is wrong
  'scenario-invalid': 65, // EX_DATAERR
  'recording-invalid': 65,
  'not-found': 66, // EX_NOINPUT: a file, run or scenario that is not there
  unavailable: 69, // EX_UNAVAILABLE: this host or substrate cannot do it
  bug: 70, // EX_SOFTWARE
  os: 71, // EX_OSERR: a command of the system failed
  'cannot-create': 73, // EX_CANTCREAT: reports folder, cache
  io: 74, // EX_IOERR
  busy: 75, // EX_TEMPFAIL: another run is active
  agent: 76, // EX_PROTOCOL: an agent or service broke its contract or died
  interrupted: 130,
} as const

export type ErrorCode = keyof typeof exitStatuses

export const errorCodes = Object.keys(exitStatuses) as readonly string[] as readonly [ErrorCode, ...ErrorCode[]]

export interface ErrorDetails {
  /** What to do about it, one sentence; often a command. */
  readonly hint?: string
  /** Further lines of evidence: a command's last output, all problems of a file. */
  readonly lines?: readonly string[]
  readonly cause?: unknown
}

/** `message` follows `<thing> <must|did not> ..., got ...`. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly lines: readonly string[]

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.lines = details.lines ?? []
  }

  get exitStatus(): number {
    return exitStatuses[this.code]
  }
}

/** A command of the system that did not end in its time. */
export class TimedOut extends BenchError {
  constructor(message: string) {
    super('os', message)
  }
}

/** Did it come of a command that did not end in its time? Where CPU time is short, that says nothing else. */
export function isTimedOut(thrown: unknown): boolean {
  return thrown instanceof TimedOut || (thrown instanceof Error && isTimedOut(thrown.cause))
}

/** What to do about EFBIG (write(2)), which no folder can help. */
export const fileTooLarge =
  'files may be no larger here: raise the limit of your shell (ulimit -f), or use a file system that takes them'

/** A word of the command line in which something must stand. `name must be what`. */
export function emptyWord(name: string, what: string): BenchError {
  return new BenchError('usage', `${name} must be ${what}, got an empty word`, {
    hint: 'a variable of the shell that is not set gives one',
  })
}

/** A node that is none of those of the topology. */
export function unknownNode(name: string, nodes: Iterable<string>): BenchError {
  return new BenchError('usage', `node must be one of ${[...nodes].join(', ')}, got ${JSON.stringify(name)}`)
}

/** ERR_MODULE_NOT_FOUND of Node.js, for what is no path: after `git pull`, a new one may not be installed yet. */
const missingPackage = /^Cannot find package '([^']+)' imported from /

/** The sentence of anything thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** `ENOENT`, `ECONNRESET` and the like; undefined for an error that is not of the system. */
export function systemCodeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

/** Anything thrown → a BenchError; what is not one already is a bug of ours and says so. */
export function asBenchError(thrown: unknown): BenchError {
  if (thrown instanceof BenchError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const told = toldIn(error)
  if (told !== undefined) return new BenchError('interrupted', told, { cause: error })
  const missing = missingPackage.exec(error.message)?.[1]
  if (missing !== undefined)
    return new BenchError('unavailable', `package ${missing} must be installed, it was not found`, {
      cause: error,
      hint: 'pnpm install --frozen-lockfile',
    })
  return new BenchError('bug', `unexpected ${error.name}: ${error.message}`, {
    cause: error,
    lines: (error.stack ?? '').split('\n').slice(1, 6),
    hint: 'this is a bug in the harness; please report it with the lines above',
  })
}

/** Says by what, where the signal was told: `interrupted by Ctrl-C`. */
export function interrupted(signal?: AbortSignal): BenchError {
  return new BenchError('interrupted', toldBy(signal) ?? 'the run was interrupted')
}

/**
 * Anything thrown → what a person is told. After an interruption that is who interrupted, and not which command, connection or
 * download it came to first; what stays, and what to do, is kept.
 */
export function toldError(thrown: unknown, signal: AbortSignal): BenchError {
  const error = asBenchError(thrown)
  const told = toldBy(signal)
  if (error.code !== 'interrupted' || told === undefined) return error
  const { lines, hint } = error
  return new BenchError('interrupted', told, { cause: error, lines, ...(hint === undefined ? {} : { hint }) })
}

function toldBy(signal?: AbortSignal): string | undefined {
  return signal?.aborted === true ? toldIn(signal.reason) : undefined
}

/** Of what our signal is aborted with (main.ts), and of the error that Node.js makes of it, with it as its cause. */
function toldIn(reason: unknown): string | undefined {
  if (!(reason instanceof Error) || reason.name !== 'AbortError') return undefined
  return reason.message.startsWith('interrupted by ') ? reason.message : toldIn(reason.cause)
}
