/** A program of ours that outlives the one that started it. */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface Detached {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined
  /** SIGTERM. */
  end(): void
  /** Settles when it ends while we still watch. */
  readonly ended: Promise<void>
}

/** What it says on stderr goes to `log`, made anew and private; stdout goes nowhere. */
export function startDetached(command: readonly string[], log: string): Detached {
  const [file = '', ...args] = command
  const output = openSync(log, 'w', 0o600)
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'ignore', output] })
  closeSync(output)
  child.unref()
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()))
  return { pid: child.pid, end: () => void child.kill('SIGTERM'), ended }
}
